// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Simulation;

/// <summary>One end of a conversation: what its owner does with a connection, and what it has seen of it.</summary>
internal sealed class SimulatedPeer : ITcpEvents
{
    private readonly byte[] _scratch;
    private readonly bool _actsInEvents;
    private bool _isDue;
    private ulong _nextReadNs;

    public SimulatedPeer(SimulationPlan plan, Random random, int writes, int reads)
    {
        _actsInEvents = plan.ActsInEvents;

        // A reset may get lost. Whoever has nothing to send would wait for ever.
        IsKeptAlive = plan.HasRudeOwners || !plan.MustSucceed || random.Next(4) == 0;
        WriteStream = writes;
        ReadStream = reads;
        BytesToWrite = random.Next(4) == 0 ? 0 : random.Next(1 << random.Next(4, random.Next(4) == 0 ? 22 : 18));
        _scratch = new byte[1 << random.Next(8, 16)];
        ReadPauseNs = random.Next(4) == 0 ? (ulong)random.Next(1, 500_000_000) : 0;
        HoldsUntilClosed = random.Next(2) == 0;
        NoDelay = random.Next(2) == 0;
        if (plan.HasRudeOwners && random.Next(3) == 0)
        {
            RudeAfterNs = (ulong)random.NextInt64(1, 1L << random.Next(20, 34));
            IsAbort = random.Next(2) == 0;
        }
    }

    public int WriteStream { get; }

    public int ReadStream { get; }

    public long BytesToWrite { get; }

    public ulong ReadPauseNs { get; }

    /// <summary>It gives the connection back only when it is over, not when it has nothing more to do.</summary>
    public bool HoldsUntilClosed { get; set; }

    public bool NoDelay { get; }

    public bool IsKeptAlive { get; }

    public ulong RudeAfterNs { get; } = ulong.MaxValue;

    public bool IsAbort { get; }

    /// <summary>It ends its direction only after the other side has.</summary>
    public bool WaitsForEnd { get; set; }

    public TcpConnection? Connection { get; private set; }

    public bool WasConnected { get; private set; }

    public bool IsOver { get; private set; }

    public bool WasRude { get; private set; }

    /// <summary>All was written, and the end of it.</summary>
    public bool IsShut { get; private set; }

    /// <summary>The end of the other side's direction was read.</summary>
    public bool SawEnd { get; private set; }

    public NetError Error { get; private set; }

    public long Written { get; private set; }

    public long Read { get; private set; }

    /// <summary>When it does something although nothing happens.</summary>
    public ulong NextNs { get; private set; } = ulong.MaxValue;

    private ulong RudeNs { get; set; } = ulong.MaxValue;

    public void Begin(TcpConnection connection, ulong nowNs)
    {
        Connection = connection;
        WasConnected = true;
        connection.Events = this;
        connection.NoDelay = NoDelay;
        connection.KeepAliveIdleNs = 60_000_000_000;
        connection.KeepAliveIntervalNs = 10_000_000_000;
        connection.KeepAlive = IsKeptAlive;
        RudeNs = RudeAfterNs == ulong.MaxValue ? ulong.MaxValue : nowNs + RudeAfterNs;
        NextNs = RudeNs;
        _isDue = true;
    }

    public void OnConnected(TcpConnection connection) => Wake(connection);

    public void OnReadable(TcpConnection connection) => Wake(connection);

    public void OnWritable(TcpConnection connection) => Wake(connection);

    public void OnClosed(TcpConnection connection) => Wake(connection);

    /// <summary>Fails without a connection.</summary>
    public void Fail(NetError error)
    {
        Error = error;
        IsOver = true;
    }

    /// <summary>Does what there is to do.</summary>
    /// <returns>Whether it did something.</returns>
    public bool ActIfDue(ulong nowNs)
    {
        if (IsOver || Connection is null || (!_isDue && nowNs < NextNs))
        {
            return false;
        }

        _isDue = false;
        if (nowNs >= RudeNs)
        {
            BeRude();
            return true;
        }

        Act(nowNs);
        return true;
    }

    private void Wake(TcpConnection connection)
    {
        if (connection != Connection)
        {
            throw new InvalidOperationException("an event about a connection that was given back");
        }

        _isDue = true;
        if (_actsInEvents && ReadPauseNs == 0)
        {
            _isDue = false;
            Act(0);
        }
    }

    private void BeRude()
    {
        WasRude = true;
        if (IsAbort)
        {
            Connection!.Abort();
        }
        else
        {
            Connection!.Close();
        }

        End();
    }

    private void Act(ulong nowNs)
    {
        ReadSome(nowNs);
        WriteSome();
        TcpConnection connection = Connection!;
        bool isClosed = connection.State is TcpState.Closed or TcpState.TimeWait;
        if (connection.IsReceiveEnded && (!isClosed || connection.Error == NetError.None))
        {
            SawEnd = true;
            WriteSome();
        }

        if (isClosed && connection.ReadableBytes == 0)
        {
            Error = connection.Error;
            End();
        }
        else if (SawEnd && IsShut && !HoldsUntilClosed)
        {
            End();
        }
    }

    private void ReadSome(ulong nowNs)
    {
        TcpConnection connection = Connection!;
        bool isPausing = ReadPauseNs != 0 && nowNs < _nextReadNs;
        int count;
        while (!isPausing && (count = connection.Receive(_scratch)) > 0)
        {
            if (!Pattern.Matches(_scratch.AsSpan(0, count), ReadStream, Read))
            {
                throw new InvalidOperationException($"stream {ReadStream} has a wrong byte behind {Read}");
            }

            Read += count;
            if (ReadPauseNs != 0)
            {
                _nextReadNs = nowNs + ReadPauseNs;
                isPausing = true;
            }
        }

        NextNs = Math.Min(RudeNs, connection.ReadableBytes > 0 ? _nextReadNs : ulong.MaxValue);
    }

    private void WriteSome()
    {
        TcpConnection connection = Connection!;
        while (Written < BytesToWrite)
        {
            Span<byte> chunk = _scratch.AsSpan(0, (int)Math.Min(_scratch.Length, BytesToWrite - Written));
            Pattern.Fill(chunk, WriteStream, Written);
            int count = connection.Send(chunk);
            Written += count;
            if (count < chunk.Length)
            {
                return;
            }
        }

        if (!IsShut && (!WaitsForEnd || SawEnd))
        {
            IsShut = true;
            connection.ShutdownSend();
        }
    }

    private void End()
    {
        TcpConnection connection = Connection!;
        IsOver = true;
        Connection = null;
        connection.Release();
    }
}
