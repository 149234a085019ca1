// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Threading;
using Denali.Guests.Tests;
using Denali.Images;
using Denali.Interop.Tests.Wire;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kvm;
using Denali.Linux;
using Denali.Net;
using Xunit;

namespace Denali.Interop.Tests.Ends;

/// <summary>
/// A whole kernel at the far end of a wire. Its TAP interface lies in another network namespace, where a packet socket
/// (packet(7)) takes its frames before anybody else sees them. So the kernel is the one that users run.
/// </summary>
internal sealed class KernelEnd : IFarEnd, IDisposable
{
    private const string TapName = "denali0";
    private const int LargestFrameBytes = 70_000;

    private readonly LinuxWire _wire;
    private readonly KvmEngine _engine;
    private readonly byte[] _outgoing = new byte[TapUplink.HeaderBytes + LargestFrameBytes];
    private readonly Thread _thread;
    private IsolationKernel _kernel = null!;
    private Socket _socket = null!;
    private volatile bool _isStopping;

    internal KernelEnd(LinuxWire wire)
    {
        _wire = wire;
        _engine = new KvmEngine();
        RunInAnotherNamespace(Open);
        _thread = new Thread(Receive) { Name = "kernel's TAP", IsBackground = true };
        _thread.Start();
        wire.Start(this);
    }

    /// <summary>Starts a VM; the first has the addresses that <see cref="StackLab.Remote"/> tells.</summary>
    internal GuestMachine Start(string guest, params string[] arguments)
    {
        string path = TestSettings.GuestPath(guest);
        Assert.True(File.Exists(path), $"the guest {guest} is not built: there is no {path}; ./denali test builds it");
        bool isGood = DenaliImage.TryParse(File.ReadAllBytes(path), out DenaliImage? image, out ImageError error);
        Assert.True(isGood, error.Message);
        using LoadedImage loaded = _kernel.Load(image!);
        var machine = new GuestMachine(_kernel, int.MaxValue);
        machine.Id = _kernel.Create(new MachineOptions
        {
            Image = loaded,
            Observer = machine,
            Arguments = [guest, .. arguments],
            Network = new NetworkOptions(),
        });
        return machine;
    }

    /// <inheritdoc/>
    public void Deliver(in WireFrame frame, ulong nowNs)
    {
        Span<byte> whole = _outgoing.AsSpan(0, TapUplink.HeaderBytes + frame.Bytes.Length);
        frame.Bytes.CopyTo(whole[TapUplink.HeaderBytes..]);
        TapUplink.WriteHeader(whole, frame.Bytes, frame.Offload);

        // A full queue is a loss like others.
        _ = _socket.Send(whole, SocketFlags.None, out _);
    }

    /// <inheritdoc/>
    public ulong Poll(ulong nowNs) => ulong.MaxValue;

    public void Dispose()
    {
        _isStopping = true;
        Assert.True(_thread.Join(Patience.Limit), "the kernel's wire does not stop");
        _wire.Stop();
        _socket.Dispose();
        _kernel.Dispose();
        _engine.Dispose();
    }

    private static void RunInAnotherNamespace(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                NetworkNamespace.EnterNew();
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private void Open()
    {
        _kernel = new IsolationKernel(_engine, new KernelOptions { WorkerCount = 2, TapName = TapName });
        _socket = PacketSocket.Open(TapName);
    }

    private void Receive()
    {
        byte[] buffer = new byte[TapUplink.HeaderBytes + LargestFrameBytes];
        while (!_isStopping)
        {
            // Nothing but the time-out ends a wait of a packet socket.
            int bytes = _socket.Receive(buffer, SocketFlags.None, out _);
            if (bytes < TapUplink.HeaderBytes + EthernetHeader.SizeBytes)
            {
                continue;
            }

            byte[] frame = buffer[TapUplink.HeaderBytes..bytes];
            lock (_wire.Gate)
            {
                _wire.SendToLinux(frame, TapUplink.ReadHeader(buffer, frame));
            }

            _wire.Kick();
        }
    }
}
