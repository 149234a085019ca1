// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Net.Tcp;
using Denali.Net.Tests.Support;

namespace Denali.Net.Tests.Conformance;

/// <summary>The stack that a script looks at, its time, and what it has sent.</summary>
internal sealed class ScriptHost : IFrameSink
{
    private const ulong StartNs = 1_000_000_000_000;
    private const int PollsAtOnceMax = 100;

    private readonly NetworkStack _neighbor;
    private readonly Queue<byte[]> _forNeighbor = new();

    public ScriptHost(bool isIpv6, int mtuBytes, bool isOffloaded, TcpSettings settings)
    {
        Addresses = new ScriptAddresses(isIpv6);
        Interface = MakeInterface(ScriptAddresses.HostMac, number: 1);
        Interface.MtuBytes = mtuBytes;
        Interface.IsChecksumOffloaded = isOffloaded;
        Interface.IsSegmentationOffloaded = isOffloaded;
        Stack = new NetworkStack(Interface, this, Buffers, new SeededRandomSource(1), settings);

        // The peer's addresses are resolved by a stack of its own; its segments are those of the script.
        IpInterface peer = MakeInterface(ScriptAddresses.PeerMac, number: 2);
        _neighbor = new NetworkStack(peer, new NeighborLink(this), new LeakCheckedBuffers(), new SeededRandomSource(2));
        _ = _neighbor.Poll(NowNs);
        Poll();
    }

    public ScriptAddresses Addresses { get; }

    public IpInterface Interface { get; }

    public NetworkStack Stack { get; }

    public LeakCheckedBuffers Buffers { get; } = new();

    public ulong NowNs { get; private set; } = StartNs;

    /// <summary>Time since the script began.</summary>
    public ulong ScriptNs => NowNs - StartNs;

    /// <summary>When the stack wants to be polled, in script time.</summary>
    public ulong NextNs { get; private set; } = ulong.MaxValue;

    /// <summary>TCP segments that were sent, with script times, and the bytes that the network saw.</summary>
    public Queue<(ulong TimeNs, byte[] Tcp)> Sent { get; } = new();

    /// <summary>The link has no room.</summary>
    public bool IsLinkFull { get; set; }

    public bool TrySend(in OutgoingFrame frame)
    {
        if (IsLinkFull)
        {
            return false;
        }

        byte[] bytes = [.. frame.Headers, .. frame.Payload, .. frame.PayloadTail];
        int protocolAt = EthernetHeader.SizeBytes + (Addresses.IsIpv6 ? 6 : 9);
        bool isArp = bytes[12] == 0x08 && bytes[13] == 0x06;
        if (!isArp && bytes[protocolAt] == (byte)IpProtocol.Tcp)
        {
            Sent.Enqueue((ScriptNs, bytes[Addresses.HeaderBytes..]));
        }
        else
        {
            _forNeighbor.Enqueue(bytes);
        }

        return true;
    }

    /// <summary>Gives a frame of the peer to the stack.</summary>
    public void Inject(byte[] frame)
    {
        Stack.Receive(frame, default, NowNs);
        Poll();
    }

    /// <summary>Lets time pass, with every timer at its time.</summary>
    /// <param name="untilNs">Script time.</param>
    /// <param name="stopsWhenSent">Stops when there is a segment.</param>
    public void Advance(ulong untilNs, bool stopsWhenSent)
    {
        while (!(stopsWhenSent && Sent.Count > 0) && NextNs <= untilNs)
        {
            NowNs = Math.Max(NowNs, StartNs + NextNs);
            Poll();
        }

        if (!(stopsWhenSent && Sent.Count > 0) && untilNs > ScriptNs)
        {
            NowNs = StartNs + untilNs;
            Stack.SetTime(NowNs);
        }
    }

    /// <summary>Polls the stack until it is content.</summary>
    public void Poll()
    {
        for (int polls = 0; polls < PollsAtOnceMax; polls++)
        {
            ulong next = Stack.Poll(NowNs);
            NextNs = next == ulong.MaxValue ? next : next - Math.Min(next, StartNs);
            if (_forNeighbor.TryDequeue(out byte[]? frame))
            {
                _neighbor.Receive(frame, default, NowNs);
                _ = _neighbor.Poll(NowNs);
            }
            else if (next > NowNs)
            {
                return;
            }
        }

        throw new ScriptFailureException("the stack wants to be polled for ever");
    }

    private static IpInterface MakeInterface(MacAddress mac, byte number) => new()
    {
        Mac = mac,
        Ipv4Address = IpAddress.FromIpv4(0x0A00_0000u + number),
        Ipv4PrefixLength = 24,
        Ipv6Address = new IpAddress(0xFD00_0000_0000_0000, number),
        Ipv6PrefixLength = 64,
    };

    private sealed class NeighborLink(ScriptHost host) : IFrameSink
    {
        public bool TrySend(in OutgoingFrame frame)
        {
            byte[] bytes = [.. frame.Headers, .. frame.Payload, .. frame.PayloadTail];
            host.Stack.Receive(bytes, frame.Offload, host.NowNs);
            return true;
        }
    }
}
