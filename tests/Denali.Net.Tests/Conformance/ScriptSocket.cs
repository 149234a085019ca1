// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Denali.Net.Tcp;
using Denali.Net.Tests.Simulation;

namespace Denali.Net.Tests.Conformance;

/// <summary>The sockets of a script: its actions and its checks.</summary>
internal sealed class ScriptSocket(ScriptHost host, ushort listenPort, int backlog)
{
    private TcpListener? _listener;
    private TcpConnection? _connection;
    private long _written;
    private long _read;

    /// <summary>The connection that actions are about.</summary>
    public TcpConnection Connection =>
        _connection ?? throw new ScriptFailureException("there is no connection yet: accept or connect first");

    /// <summary>Does an action, or checks something.</summary>
    public void Execute(string[] words)
    {
        string argument = words.Length > 1 ? words[1] : string.Empty;
        if (!TryAct(words[0], argument, words) && !TrySet(words[0], argument, words) && !TryCheck(words[0], argument))
        {
            throw new ScriptFailureException($"'{words[0]}' is unknown");
        }
    }

    /// <summary>Opens a connection to a port of the peer.</summary>
    public void Connect(ScriptFlow flow)
    {
        var local = new IpEndpoint(host.Addresses.Host, flow.HostPort);
        _connection = host.Stack.Tcp.Connect(
            local, new IpEndpoint(host.Addresses.Peer, flow.PeerPort), out NetError error);
        Expect(NetError.None, error);
        StartStreams();
    }

    private static void Expect<T>(T expected, T actual)
    {
        if (!Equals(expected, actual))
        {
            throw new ScriptFailureException($"it is {actual}, not {expected}");
        }
    }

    private static int Number(string text) => (int)ScriptSegment.Number(text);

    private static ulong Seconds(string text) =>
        (ulong)(decimal.Parse(text, CultureInfo.InvariantCulture) * 1_000_000_000);

    private bool TryAct(string verb, string argument, string[] words)
    {
        switch (verb)
        {
            case "listen":
                _listener = host.Stack.Tcp.Listen(new IpEndpoint(default, listenPort), backlog, out NetError error);
                Expect(NetError.None, error);
                return true;
            case "unlisten":
                _listener!.Close();
                return true;
            case "accept":
                _connection = _listener!.Accept() ?? throw new ScriptFailureException("nothing to accept");
                StartStreams();
                return true;
            case "write":
                Write(Number(argument), words.Length > 3 ? Number(words[3]) : Number(argument));
                return true;
            case "read":
                Read(Number(argument));
                return true;
            case "shutdown":
                Connection.ShutdownSend();
                return true;
            case "close":
                Connection.Close();
                return true;
            case "abort":
                Connection.Abort();
                return true;
            case "release":
                Connection.Release();
                _connection = null;
                return true;
            default:
                return false;
        }
    }

    private bool TrySet(string verb, string argument, string[] words)
    {
        switch (verb)
        {
            case "nodelay":
                Connection.NoDelay = true;
                return true;
            case "cork":
                Connection.Cork = argument == "on";
                return true;
            case "keepalive":
                Connection.KeepAliveIdleNs = Seconds(argument);
                Connection.KeepAliveIntervalNs = Seconds(words[2]);
                Connection.KeepAliveCount = (byte)Number(words[3]);
                Connection.KeepAlive = true;
                return true;
            case "usertimeout":
                Connection.UserTimeoutNs = Seconds(argument);
                return true;
            case "linger":
                Connection.LingerNs = Seconds(argument);
                return true;
            case "link":
                host.IsLinkFull = argument == "full";
                return true;
            case "memory":
                host.Buffers.LimitBytes = argument == "none" ? 0 : int.MaxValue;
                return true;
            default:
                return false;
        }
    }

    private bool TryCheck(string verb, string argument)
    {
        TcpLayer tcp = host.Stack.Tcp;
        switch (verb)
        {
            case "state":
                Expect(argument, Connection.State.ToString());
                return true;
            case "error":
                Expect(argument, Connection.Error.ToString());
                return true;
            case "readable":
                Expect(Number(argument), Connection.ReadableBytes);
                return true;
            case "ended":
                Expect(argument != "no", Connection.IsReceiveEnded);
                return true;
            case "pending":
                Expect(Number(argument), _listener!.PendingCount);
                return true;
            case "connections":
                Expect(Number(argument), tcp.ConnectionCount);
                return true;
            case "timewaits":
                Expect(Number(argument), tcp.TimeWaitCount);
                return true;
            case "unacknowledged":
                Expect(Number(argument), Connection.UnacknowledgedBytes);
                return true;
            case "held":
                Expect(Number(argument), host.Buffers.OutstandingBytes);
                return true;
            case "cwnd":
                Expect(argument, (Connection.CongestionWindow / (double)Connection.SegmentBytes).ToString(
                    "0.##", CultureInfo.InvariantCulture));
                return true;
            case "ssthresh":
                Expect(argument, (Connection.SlowStartThreshold / (double)Connection.SegmentBytes).ToString(
                    "0.##", CultureInfo.InvariantCulture));
                return true;
            case "segment":
                Expect(Number(argument), Connection.SegmentBytes);
                return true;
            default:
                return false;
        }
    }

    private void StartStreams()
    {
        _written = 0;
        _read = 0;
    }

    private void Write(int count, int taken)
    {
        byte[] bytes = new byte[count];
        Pattern.Fill(bytes, ScriptWire.HostStream, _written);
        Expect(taken, Connection.Send(bytes));
        _written += taken;
    }

    private void Read(int count)
    {
        byte[] bytes = new byte[count + 1];
        Expect(count, Connection.Receive(bytes.AsSpan(0, count)));
        if (!Pattern.Matches(bytes.AsSpan(0, count), ScriptWire.PeerStream, _read))
        {
            throw new ScriptFailureException("what was read is not what the peer sent");
        }

        _read += count;
    }
}
