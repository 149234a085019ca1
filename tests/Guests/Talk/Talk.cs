// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net;
using Ilwaco;

/// <summary>
/// Talks to an echo service in one of several ways, and compares every byte that comes back. Arguments: the way, the
/// peer's address, how many rounds, bytes per round, a seed, and the peer's port if it is not that of echo.
/// </summary>
/// <remarks>
/// Ends with 0 if all went well, with 1 if the network failed, as it does when the peer is killed, and with
/// <see cref="WrongByte"/> if something came back that was not sent. No call waits for longer than
/// <see cref="PatienceMs"/>.
/// </remarks>
internal static class Talk
{
    private const int WrongByte = 3;
    private const int PatienceMs = 20_000;
    private const int DatagramPatienceMs = 500;
    private const ushort EchoPort = 7;
    private const int WindowBytes = 64 * 1024;
    private const int SamplesMax = 16_384;
    private const int DatagramMax = 1400;

    private static readonly uint[] s_latencyNs = new uint[SamplesMax];
    private static IpAddress s_peer;
    private static ushort s_port = EchoPort;
    private static int s_rounds;
    private static int s_bytes;
    private static ulong s_seed;
    private static int s_samples;

    private static int Main()
    {
        if (!IpText.TryParse(Arguments.At(2), out s_peer)
            || !NumberText.TryParse(Arguments.At(3), out ulong rounds)
            || !NumberText.TryParse(Arguments.At(4), out ulong bytes)
            || !NumberText.TryParse(Arguments.At(5), out s_seed)
            || (Arguments.Count > 6 && !NumberText.TryParsePort(Arguments.At(6), out s_port)))
        {
            return 2;
        }

        s_rounds = (int)rounds;
        s_bytes = (int)bytes;
        ReadOnlySpan<byte> what = Arguments.At(1);
        int result = what.SequenceEqual("transact"u8) ? Transact()
            : what.SequenceEqual("bulk"u8) ? TransferAll()
            : what.SequenceEqual("short"u8) ? ConnectOften()
            : what.SequenceEqual("datagrams"u8) ? SendDatagrams()
            : 2;
        ReportLatency();
        return result;
    }

    /// <summary>Requests and responses over one connection.</summary>
    private static int Transact()
    {
        byte[] sent = new byte[s_bytes];
        byte[] received = new byte[s_bytes];
        int socket = Connect(out int result);
        for (int round = 0; result == 0 && round < s_rounds; round++)
        {
            Fill(sent, (ulong)round * (ulong)s_bytes);
            ulong start = Clock.MonotonicNs;
            result = Exchange(socket, sent, received);
            AddSample(Clock.MonotonicNs - start);
        }

        _ = Posix.Close(socket);
        return result;
    }

    /// <summary>A stream that goes to the peer and comes back, with a window of bytes on its way.</summary>
    private static int TransferAll()
    {
        byte[] chunk = new byte[WindowBytes];
        byte[] expected = new byte[WindowBytes];
        ulong total = (ulong)s_rounds * (ulong)s_bytes;
        ulong sent = 0;
        ulong received = 0;
        int socket = Connect(out int result);
        while (result == 0 && received < total)
        {
            int room = (int)Math.Min(total - sent, (ulong)WindowBytes - (sent - received));
            if (room > 0)
            {
                Fill(chunk.AsSpan(0, room), sent);
                int count = Posix.Send(socket, chunk.AsSpan(0, room));
                result = count > 0 ? 0 : Fail("send"u8, count);
                sent += (uint)Math.Max(count, 0);
            }

            if (result == 0 && sent > received)
            {
                int count = Posix.Receive(socket, chunk);
                result = count > 0 ? 0 : Fail("receive"u8, count);
                if (count > 0)
                {
                    Fill(expected.AsSpan(0, count), received);
                    result = Compare(chunk.AsSpan(0, count), expected.AsSpan(0, count));
                    received += (uint)count;
                }
            }
        }

        _ = Posix.Close(socket);
        return result;
    }

    /// <summary>A connection for every round.</summary>
    private static int ConnectOften()
    {
        byte[] sent = new byte[s_bytes];
        byte[] received = new byte[s_bytes];
        int result = 0;
        for (int round = 0; result == 0 && round < s_rounds; round++)
        {
            ulong start = Clock.MonotonicNs;
            int socket = Connect(out result);
            Fill(sent, (ulong)round);
            result = result == 0 ? Exchange(socket, sent, received) : result;
            _ = Posix.Close(socket);
            AddSample(Clock.MonotonicNs - start);
        }

        return result;
    }

    /// <summary>Datagrams that may be lost, but not changed.</summary>
    private static int SendDatagrams()
    {
        byte[] sent = new byte[Math.Min(s_bytes, DatagramMax)];
        byte[] received = new byte[DatagramMax + 1];
        byte[] expected = new byte[DatagramMax];
        var peer = new SocketAddress(s_peer, s_port);
        int socket = Posix.Socket(peer.Family, SocketType.Datagram);
        _ = Posix.SetSocketOption(socket, SocketOption.ReceiveTimeout, DatagramPatienceMs);
        int result = socket < 0 ? Fail("socket"u8, socket) : 0;
        ulong lost = 0;
        for (int round = 0; result == 0 && round < s_rounds; round++)
        {
            WriteDatagram(sent, (uint)round);
            ulong start = Clock.MonotonicNs;
            _ = Posix.SendTo(socket, sent, peer);
            int count = Posix.ReceiveFrom(socket, received, out _);
            if (count < 0)
            {
                lost++;
                continue;
            }

            // One that comes late is an answer to an earlier round.
            AddSample(Clock.MonotonicNs - start);
            bool isWhole = count == sent.Length;
            WriteDatagram(expected.AsSpan(0, sent.Length), BinaryPrimitives.ReadUInt32LittleEndian(received));
            result = Compare(received.AsSpan(0, count), expected.AsSpan(0, isWhole ? count : 0));
        }

        WriteValue("lost"u8, lost);
        _ = Posix.Close(socket);
        return result;
    }

    private static void WriteDatagram(Span<byte> datagram, uint round)
    {
        Fill(datagram, round);
        BinaryPrimitives.WriteUInt32LittleEndian(datagram, round);
    }

    private static int Connect(out int result)
    {
        var peer = new SocketAddress(s_peer, s_port);
        int socket = Posix.Socket(peer.Family, SocketType.Stream);
        if (socket < 0)
        {
            result = Fail("socket"u8, socket);
            return socket;
        }

        _ = Posix.SetSocketOption(socket, SocketOption.NoDelay, 1);
        _ = Posix.SetSocketOption(socket, SocketOption.ReceiveTimeout, PatienceMs);
        _ = Posix.SetSocketOption(socket, SocketOption.SendTimeout, PatienceMs);
        _ = Posix.SetSocketOption(socket, SocketOption.UserTimeout, PatienceMs);
        int error = Posix.Connect(socket, peer);
        result = error == 0 ? 0 : Fail("connect"u8, error);
        return socket;
    }

    private static int Exchange(int socket, Span<byte> sent, Span<byte> received)
    {
        for (int done = 0; done < sent.Length;)
        {
            int count = Posix.Send(socket, sent.Slice(done));
            if (count <= 0)
            {
                return Fail("send"u8, count);
            }

            done += count;
        }

        for (int done = 0; done < received.Length;)
        {
            int count = Posix.Receive(socket, received.Slice(done));
            if (count <= 0)
            {
                return Fail("receive"u8, count);
            }

            done += count;
        }

        return Compare(received, sent);
    }

    private static int Compare(ReadOnlySpan<byte> received, ReadOnlySpan<byte> expected)
    {
        if (received.SequenceEqual(expected))
        {
            return 0;
        }

        ConsoleDevice.WriteLine("talk: a wrong byte"u8);
        return WrongByte;
    }

    /// <summary>Bytes of a stream that depends on the seed, from a place on.</summary>
    private static void Fill(Span<byte> bytes, ulong at)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            ulong place = at + (ulong)i;
            ulong mixed = ((place >> 3) + s_seed) * 0x9E37_79B9_7F4A_7C15;
            bytes[i] = (byte)((mixed ^ (mixed >> 32)) >> (int)(place & 7) * 8);
        }
    }

    private static int Fail(ReadOnlySpan<byte> what, int result)
    {
        Utf8Writer line = new(stackalloc byte[96]);
        line.Write("talk: "u8);
        line.Write(what);
        line.Write(" failed with error "u8);
        line.WriteDecimal((ulong)-(long)result);
        ConsoleDevice.WriteLine(line.Written);
        return 1;
    }

    private static void AddSample(ulong ns)
    {
        s_latencyNs[s_samples % SamplesMax] = (uint)Math.Min(ns, uint.MaxValue);
        s_samples++;
    }

    private static void ReportLatency()
    {
        Span<uint> sorted = s_latencyNs.AsSpan(0, Math.Min(s_samples, SamplesMax));
        if (sorted.IsEmpty)
        {
            return;
        }

        Sort(sorted);
        WriteValue("rounds"u8, (ulong)s_samples);
        WriteValue("p50"u8, sorted[sorted.Length / 2]);
        WriteValue("p99"u8, sorted[(int)((long)sorted.Length * 99 / 100)]);
        WriteValue("max"u8, sorted[^1]);
    }

    /// <summary>Shell sort with Ciura's gaps, which is enough for some thousand numbers.</summary>
    private static void Sort(Span<uint> values)
    {
        ReadOnlySpan<int> gaps = [1750, 701, 301, 132, 57, 23, 10, 4, 1];
        foreach (int gap in gaps)
        {
            for (int i = gap; i < values.Length; i++)
            {
                uint value = values[i];
                int at = i;
                for (; at >= gap && values[at - gap] > value; at -= gap)
                {
                    values[at] = values[at - gap];
                }

                values[at] = value;
            }
        }
    }

    private static void WriteValue(ReadOnlySpan<byte> name, ulong value)
    {
        Utf8Writer writer = new(stackalloc byte[80]);
        writer.Write("#denali-value "u8);
        writer.Write(name);
        writer.Write(" "u8);
        writer.WriteDecimal(value);
        writer.Write("\n"u8);
        ConsoleDevice.Write(writer.Written);
    }
}
