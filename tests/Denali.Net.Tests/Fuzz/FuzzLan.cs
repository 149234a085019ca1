// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Net.Tcp;
using Denali.Net.Tests.Support;

namespace Denali.Net.Tests.Fuzz;

/// <summary>A target with connections in all states, an honest host that they go to, and time.</summary>
internal sealed class FuzzLan
{
    private const ushort Port = 80;
    private const ulong Millisecond = 1_000_000;

    private readonly FuzzLink _targetLink = new();
    private readonly FuzzLink _honestLink = new();
    private readonly List<TcpConnection> _kept = [];
    private readonly TcpListener _listener;

    public FuzzLan(int seed)
    {
        TcpSettings settings = new() { SynQueueMax = 16, ConnectionsMax = 256, TimeWaitMax = 64 };
        Target = new NetworkStack(
            MakeInterface(1), _targetLink, Buffers, new SeededRandomSource(seed), settings);
        Honest = new NetworkStack(
            MakeInterface(2), _honestLink, new LeakCheckedBuffers(), new SeededRandomSource(seed + 1));
        _listener = Target.Tcp.Listen(new IpEndpoint(default, Port), 16, out _)!;
        Socket = Target.Udp.Open();
        Socket.IsDualStack = true;
        _ = Target.Udp.Bind(Socket, new IpEndpoint(default, 53));
        Run(10);
    }

    public NetworkStack Target { get; }

    public NetworkStack Honest { get; }

    public LeakCheckedBuffers Buffers { get; } = new();

    public UdpSocket Socket { get; }

    public ulong NowNs { get; private set; } = 5_000_000_000;

    /// <summary>Frames of the honest host: what is damaged and sent again.</summary>
    public List<byte[]> Recorded { get; } = [];

    /// <summary>Frames that the target has sent.</summary>
    public long TargetFrameCount { get; private set; }

    /// <summary>Whether the honest host hears the target.</summary>
    public bool IsHonestListening { get; set; } = true;

    public static IpAddress Address(int number, bool isIpv6) => isIpv6
        ? new IpAddress(0xFD00_0000_0000_0000, (ulong)number)
        : IpAddress.FromIpv4(0x0A00_0000u + (uint)number);

    /// <summary>Brings connections into every state.</summary>
    public void Prepare()
    {
        for (int kind = 0; kind < 12; kind++)
        {
            bool isIpv6 = kind % 2 == 1;
            (TcpConnection ours, TcpConnection theirs) = Open(isIpv6);
            Exchange(ours, theirs);
            switch (kind / 2)
            {
                case 0:
                    break;
                case 1:
                    IsHonestListening = false;
                    ours.ShutdownSend();
                    break;
                case 2:
                    ours.ShutdownSend();
                    break;
                case 3:
                    theirs.ShutdownSend();
                    break;
                case 4:
                    theirs.ShutdownSend();
                    Run(1);
                    IsHonestListening = false;
                    ours.ShutdownSend();
                    break;
                default:
                    ours.ShutdownSend();
                    Run(1);
                    theirs.ShutdownSend();
                    break;
            }

            Run(2);
            IsHonestListening = true;
        }

        // SYN-SENT to nobody, SYN-RECEIVED of a peer that falls silent, and a reader who does not read.
        Target.SetTime(NowNs);
        Keep(Target.Tcp.Connect(default, new IpEndpoint(Address(2, isIpv6: false), 9), out _));
        IsHonestListening = false;
        Honest.SetTime(NowNs);
        _ = Honest.Tcp.Connect(default, new IpEndpoint(Address(1, isIpv6: false), Port), out _);
        Run(2);
        IsHonestListening = true;
    }

    /// <summary>Lets so many milliseconds pass.</summary>
    public void Run(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i++)
        {
            NowNs += Millisecond;
            Settle();
        }
    }

    /// <summary>Gives the target a frame, whoever sent it.</summary>
    public void Inject(byte[] frame, FrameOffload offload = default) => Target.Receive(frame, offload, NowNs);

    /// <summary>Carries frames until there are none.</summary>
    public void Settle()
    {
        for (int rounds = 0; ; rounds++)
        {
            if (rounds > 1000)
            {
                throw new InvalidOperationException("the stacks never fall silent");
            }

            PollAtMost(Target);
            _ = Honest.Poll(NowNs);
            if (_targetLink.Sent.Count + _honestLink.Sent.Count == 0)
            {
                return;
            }

            while (_targetLink.Sent.TryDequeue(out byte[]? frame))
            {
                TargetFrameCount++;
                if (IsHonestListening)
                {
                    Honest.Receive(frame, default, NowNs);
                }
            }

            while (_honestLink.Sent.TryDequeue(out byte[]? frame))
            {
                Recorded.Add(frame);
                Target.Receive(frame, default, NowNs);
            }
        }
    }

    /// <summary>An honest connection: bytes there and back.</summary>
    public bool TryHonestConnection(bool isIpv6)
    {
        Honest.SetTime(NowNs);
        TcpConnection client = Honest.Tcp.Connect(
            default, new IpEndpoint(Address(1, isIpv6), Port), out _)!;
        byte[] sent = new byte[3000];
        new Random(1).NextBytes(sent);
        byte[] received = new byte[3000];
        int written = 0;
        int read = 0;
        TcpConnection? server = null;
        for (int i = 0; i < 2000 && read < received.Length; i++)
        {
            written += client.Send(sent.AsSpan(written));
            Run(1);
            NowNs += 50 * Millisecond;
            Settle();
            while (server is null && _listener.Accept() is TcpConnection accepted)
            {
                if (accepted.Remote == client.Local)
                {
                    server = accepted;
                }
                else
                {
                    accepted.Abort();
                    accepted.Release();
                }
            }

            read += server?.Receive(received.AsSpan(read)) ?? 0;
        }

        client.Abort();
        client.Release();
        server?.Release();
        return sent.AsSpan().SequenceEqual(received);
    }

    /// <summary>Owners do what owners do: accept, read, and forget what is over.</summary>
    public void Attend()
    {
        while (_listener.Accept() is TcpConnection accepted)
        {
            accepted.Release();
        }

        byte[] scratch = new byte[4096];
        while (Socket.TryReceive(scratch, isPeek: false, out _))
        {
        }

        _ = Socket.TakeError();
    }

    /// <summary>Closes everything and waits until nothing is left to do.</summary>
    public void CloseAll()
    {
        Attend();
        _kept.ForEach(connection => connection.Abort());
        _kept.ForEach(connection => connection.Release());
        _listener.Close();
        Socket.Close();
        IsHonestListening = false;
        for (int polls = 0; polls < 100_000; polls++)
        {
            ulong next = Target.Poll(NowNs);
            _targetLink.Sent.Clear();
            if (next == ulong.MaxValue)
            {
                return;
            }

            NowNs = Math.Max(next, NowNs + 1);
        }

        throw new InvalidOperationException("timers never end");
    }

    private static IpInterface MakeInterface(byte number) => new()
    {
        Mac = new MacAddress(0x0200_0000_0000UL + number),
        Ipv4Address = Address(number, isIpv6: false),
        Ipv4PrefixLength = 24,
        Ipv6Address = Address(number, isIpv6: true),
        Ipv6PrefixLength = 64,
    };

    private void PollAtMost(NetworkStack stack)
    {
        const int PollsMax = 100;
        int polls = 0;
        while (stack.Poll(NowNs) <= NowNs)
        {
            if (++polls > PollsMax)
            {
                throw new InvalidOperationException("the target wants to be polled for ever");
            }
        }
    }

    private (TcpConnection Ours, TcpConnection Theirs) Open(bool isIpv6)
    {
        Honest.SetTime(NowNs);
        TcpConnection theirs = Honest.Tcp.Connect(
            default, new IpEndpoint(Address(1, isIpv6), Port), out _)!;
        Run(5);
        TcpConnection ours = _listener.Accept() ?? throw new InvalidOperationException("no connection");
        return (Keep(ours)!, theirs);
    }

    private TcpConnection? Keep(TcpConnection? connection)
    {
        if (connection is not null)
        {
            _kept.Add(connection);
        }

        return connection;
    }

    private void Exchange(TcpConnection ours, TcpConnection theirs)
    {
        _ = theirs.Send(new byte[4000]);
        _ = ours.Send(new byte[2000]);
        Run(3);
    }
}
