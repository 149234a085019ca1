// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Denali.Linux;
using Denali.Net;
using Denali.Net.Tcp;

namespace Denali.Kernel.Network;

/// <summary>
/// The kernel's own host on the virtual LAN, at the gateway's address: host code connects to VMs, and listens for them,
/// with ordinary streams.
/// </summary>
/// <remarks>
/// <para>The stack runs on whichever thread has work for it: a worker that brings a frame, or a thread that reads or
/// writes a stream. Only one can be in it. A worker never waits for it: it leaves its frame to the thread that is
/// inside.</para>
/// <para>All public methods may be called from any thread.</para>
/// </remarks>
public sealed class HostNetwork : IKernelPort, IFrameSink, ILinkAddressMap, IDisposable
{
    // Peers are guests. One that keeps its window closed after we closed holds the kernel's memory: five minutes, not
    // the hour that a guest gives its own peers.
    private const ulong OrphanMaxNs = 300_000_000_000;

    private readonly Lock _gate = new();
    private readonly WaitingFrames _waiting = new();
    private readonly Predicate<IpAddress> _isGone;
    private readonly VirtualSwitch _switch;
    private readonly HostClock _clock;
    private readonly Timer _timer;
    private ulong _timerNs = ulong.MaxValue;
    private volatile bool _isPollDue;
    private bool _isDisposed;
    private int _goneIndex;

    /// <summary>Puts a host at the gateway's address.</summary>
    /// <param name="kernel">Whose LAN; dispose this first.</param>
    /// <param name="settings">TCP's settings, or null for the defaults.</param>
    public HostNetwork(IsolationKernel kernel, TcpSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        _switch = kernel.Switch;
        _clock = kernel.Clock;
        SwitchAddressing addresses = _switch.Addressing;
        var configuration = new IpInterface
        {
            Mac = SwitchAddressing.GatewayMac,
            IsChecksumOffloaded = true,
            IsSegmentationOffloaded = true,
            LinkAddresses = this,
            Ipv4Address = addresses.Ipv4Gateway,
            Ipv4PrefixLength = addresses.Ipv4PrefixLength,
            Ipv6Address = addresses.Ipv6Gateway,
            Ipv6PrefixLength = SwitchAddressing.Ipv6PrefixLength,
        };
        settings ??= new TcpSettings { OrphanMaxNs = OrphanMaxNs };
        Stack = new NetworkStack(configuration, this, new HostBuffers(), new HostRandom(), settings);
        _isGone = address => _switch.Addressing.FindIp(address) == _goneIndex;
        _timer = new Timer(static state => ((HostNetwork)state!).OnTimer(), this, Timeout.Infinite, Timeout.Infinite);
        _switch.GatewayPort = this;
    }

    /// <summary>Frames that were dropped because too many waited for the stack.</summary>
    public long DroppedCount => _waiting.DroppedCount;

    /// <summary>The stack; used between <see cref="Enter"/> and <see cref="Leave"/> only.</summary>
    internal NetworkStack Stack { get; }

    internal VirtualSwitch Switch => _switch;

    /// <summary>Listens on the gateway's address for connections from VMs.</summary>
    /// <param name="port">The port; 0 for a free one, see <see cref="HostListener.Port"/>.</param>
    /// <param name="backlog">Connections that may wait to be accepted.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="IOException">The port is taken.</exception>
    public HostListener Listen(ushort port, int backlog = 128)
    {
        Enter();
        try
        {
            TcpListener listener = Stack.Tcp.Listen(new IpEndpoint(default, port), backlog, out NetError error)
                ?? throw new IOException($"port {port} of the virtual LAN's gateway: {HostStream.Describe(error)}");
            return new HostListener(this, listener);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Connects to a VM.</summary>
    /// <param name="remote">Its address and port.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The stream.</returns>
    /// <exception cref="IOException">It did not work; the message says why.</exception>
    public async ValueTask<HostStream> ConnectAsync(IpEndpoint remote, CancellationToken cancellation = default)
    {
        HostStream stream = Begin(remote);
        try
        {
            await stream.WaitConnectedAsync(cancellation).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    void IKernelPort.Receive(ReadOnlySpan<byte> frame, in FrameOffload offload, ulong machineId)
    {
        if (!_gate.TryEnter())
        {
            _waiting.Add(frame, offload);
            RunWaiting();
            return;
        }

        try
        {
            TakeWaiting();
            Stack.Receive(frame, offload, _clock.NowNs);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    void IKernelPort.OnRoom()
    {
        _isPollDue = true;
        RunWaiting();
    }

    /// <inheritdoc/>
    void IKernelPort.OnEnded(int index)
    {
        _waiting.AddEnd(index);
        RunWaiting();
    }

    /// <inheritdoc/>
    bool IFrameSink.TrySend(in OutgoingFrame frame) => _switch.TryInject(frame);

    /// <inheritdoc/>
    bool ILinkAddressMap.TryMap(IpAddress address, out MacAddress mac)
    {
        int index = _switch.Addressing.FindIp(address);
        mac = index >= 0 ? SwitchAddressing.MacOf(index) : default;
        return index >= 0;
    }

    /// <summary>Takes the host off the LAN; its connections end.</summary>
    public void Dispose()
    {
        _switch.GatewayPort = null;
        Enter();
        _isDisposed = true;
        Leave();
        _timer.Dispose();
    }

    /// <summary>Waits for the stack.</summary>
    internal void Enter()
    {
        _gate.Enter();
        Stack.SetTime(_clock.NowNs);

        // First what came before: a connection that is begun now must not meet the end of an earlier VM.
        TakeWaiting();
    }

    /// <summary>Sends what there is to send, and lets others have the stack.</summary>
    internal void Leave()
    {
        try
        {
            Poll();
        }
        finally
        {
            _gate.Exit();
        }

        RunWaiting();
    }

    private void Poll()
    {
        _isPollDue = false;
        TakeWaiting();
        SetTimer(Stack.Poll(_clock.NowNs));
    }

    /// <summary>
    /// Takes what was left while a thread was inside. Whoever leaves something looks here afterwards, and so does
    /// whoever leaves the stack: one of the two finds it.
    /// </summary>
    private void RunWaiting()
    {
        while ((!_waiting.IsEmpty || _isPollDue) && _gate.TryEnter())
        {
            try
            {
                Poll();
            }
            finally
            {
                _gate.Exit();
            }
        }
    }

    /// <summary>
    /// Takes in what other threads have left. Connections with VMs that have ended are reset: nobody is left to do it,
    /// and who waits for one would wait long.
    /// </summary>
    private void TakeWaiting()
    {
        while (_waiting.TryTake(out WaitingFrames.Entry entry))
        {
            if (entry.EndedIndex >= 0)
            {
                _goneIndex = entry.EndedIndex;
                Stack.Tcp.ResetPeers(_isGone);
                continue;
            }

            Stack.Receive(entry.Frame.AsSpan(0, entry.LengthBytes), entry.Offload, _clock.NowNs);
            ArrayPool<byte>.Shared.Return(entry.Frame);
        }
    }

    private void SetTimer(ulong nextNs)
    {
        // A timer that is set for earlier stays: a needless poll is cheaper than setting it each time.
        if (nextNs >= _timerNs || _isDisposed)
        {
            return;
        }

        _timerNs = nextNs;
        ulong nowNs = _clock.NowNs;
        ulong delayMs = nextNs <= nowNs ? 0 : Math.Min(((nextNs - nowNs) / 1_000_000) + 1, int.MaxValue);
        _ = _timer.Change((long)delayMs, Timeout.Infinite);
    }

    private void OnTimer()
    {
        _gate.Enter();
        _timerNs = ulong.MaxValue;
        Leave();
    }

    private HostStream Begin(IpEndpoint remote)
    {
        Enter();
        try
        {
            if (!Stack.TryGetSource(remote.Address, out IpAddress source))
            {
                throw new IOException("the address is not on the virtual LAN");
            }

            TcpConnection connection = Stack.Tcp.Connect(new IpEndpoint(source, 0), remote, out NetError error)
                ?? throw new IOException(HostStream.Describe(error));
            return new HostStream(this, connection);
        }
        finally
        {
            Leave();
        }
    }
}
