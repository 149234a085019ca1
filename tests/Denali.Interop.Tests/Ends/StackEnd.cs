// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Interop.Tests.Wire;
using Denali.Kernel.Network;
using Denali.Net;
using Denali.Net.Tcp;
using Denali.Net.Tests.Support;
using Xunit;

namespace Denali.Interop.Tests.Ends;

/// <summary>A stack of ours at the far end of a wire, with the addresses of the virtual LAN's first VM.</summary>
/// <remarks>Everything happens under the wire's lock, so that any thread may use its connections.</remarks>
internal sealed class StackEnd : IFarEnd, IFrameSink
{
    private readonly LinuxWire _wire;

    internal StackEnd(LinuxWire wire, FaultPlan plan, TcpSettings? settings = null)
    {
        _wire = wire;
        var configuration = new IpInterface
        {
            Mac = SwitchAddressing.MacOf(0),
            IsChecksumOffloaded = true,

            // Both ways of sending: where the wire cuts, the stack may as well do it itself.
            IsSegmentationOffloaded = !plan.IsCut,
            Ipv4Address = LinuxWire.Lan.Ipv4Of(0),
            Ipv4PrefixLength = LinuxWire.Lan.Ipv4PrefixLength,
            Ipv6Address = LinuxWire.Lan.Ipv6Of(0),
            Ipv6PrefixLength = SwitchAddressing.Ipv6PrefixLength,
        };
        Stack = new NetworkStack(configuration, this, Buffers, new SeededRandomSource(1), settings);
        wire.Start(this);
    }

    /// <summary>What its connections hold.</summary>
    internal LeakCheckedBuffers Buffers { get; } = new();

    /// <summary>The stack; used inside of <see cref="Do"/> only.</summary>
    internal NetworkStack Stack { get; }

    /// <inheritdoc/>
    public void Deliver(in WireFrame frame, ulong nowNs) => Stack.Receive(frame.Bytes, frame.Offload, nowNs);

    /// <inheritdoc/>
    public ulong Poll(ulong nowNs) => Stack.Poll(nowNs);

    /// <inheritdoc/>
    public bool TrySend(in OutgoingFrame frame)
    {
        byte[] bytes = [.. frame.Headers, .. frame.Payload, .. frame.PayloadTail];
        _wire.SendToLinux(bytes, frame.Offload);
        return true;
    }

    /// <summary>Does something with the stack, and lets it send what follows.</summary>
    internal T Do<T>(Func<TcpLayer, T> action)
    {
        T result;
        lock (_wire.Gate)
        {
            Stack.SetTime(LinuxWire.NowNs);
            result = action(Stack.Tcp);
        }

        _wire.Kick();
        return result;
    }

    /// <summary>Does something with the stack again and again until it gives a result.</summary>
    internal T WaitFor<T>(Func<TcpLayer, T?> action, string what)
        where T : class
    {
        ulong deadlineNs = LinuxWire.NowNs + (ulong)Patience.Limit.TotalNanoseconds;
        lock (_wire.Gate)
        {
            while (true)
            {
                Stack.SetTime(LinuxWire.NowNs);
                if (action(Stack.Tcp) is T result)
                {
                    _wire.Kick();
                    return result;
                }

                Assert.True(LinuxWire.NowNs < deadlineNs, $"{what}: not within {Patience.Limit}");
                _ = Monitor.Wait(_wire.Gate, 1000);
            }
        }
    }

    internal void WaitUntil(Func<TcpLayer, bool> condition, string what) =>
        _ = WaitFor(tcp => condition(tcp) ? tcp : null, what);

    /// <summary>Connects to Linux.</summary>
    internal StackStream Connect(IpEndpoint remote)
    {
        TcpConnection connection = Do(tcp =>
        {
            TcpConnection? made = tcp.Connect(default, remote, out NetError error);
            Assert.Equal(NetError.None, error);
            return made!;
        });
        var stream = new StackStream(this, connection);
        stream.WaitUntil(made => made.State != TcpState.SynSent, "connecting");
        return stream;
    }

    /// <summary>Waits for a connection that Linux makes.</summary>
    internal StackStream Accept(TcpListener listener) =>
        new(this, WaitFor(_ => listener.Accept(), "accepting"));

    /// <summary>Nothing is left of any connection but what TIME-WAIT remembers.</summary>
    internal void AssertNothingIsLeft()
    {
        WaitUntil(tcp => tcp.ConnectionCount == 0, "connections end");
        Assert.Equal(0, Do(_ => Buffers.OutstandingBytes));
    }
}
