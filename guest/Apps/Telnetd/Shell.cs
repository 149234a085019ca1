// SPDX-License-Identifier: MIT
using System;
using Denali.Net;
using Ilwaco;

/// <summary>The commands of a session.</summary>
internal sealed class Shell
{
    private const int OutputBytes = 1024;
    private const int AddressesMax = 16;
    private const int PingCount = 4;
    private const ulong PingTimeoutNs = 1_000_000_000;
    private const ulong PingPauseNs = 200_000_000;

    private readonly byte[] _output = new byte[OutputBytes];
    private readonly SocketAddress[] _addresses = new SocketAddress[AddressesMax];
    private int _connection;

    /// <summary>Greets a peer.</summary>
    /// <param name="connection">Its connection.</param>
    /// <returns>False if it has gone.</returns>
    internal bool Begin(int connection)
    {
        _connection = connection;
        return Send("Denali. Try help.\r\n> "u8);
    }

    /// <summary>Sends to the peer.</summary>
    /// <param name="text">What.</param>
    /// <returns>False if it has gone or takes nothing.</returns>
    internal bool Send(ReadOnlySpan<byte> text) => Posix.Send(_connection, text) == text.Length;

    /// <summary>Says that a line was too long.</summary>
    /// <returns>False if the peer has gone.</returns>
    internal bool RefuseLine() => Send("the line is too long\r\n> "u8);

    /// <summary>Does what a line says.</summary>
    /// <param name="line">The line.</param>
    /// <returns>False if the session is over.</returns>
    internal bool Execute(ReadOnlySpan<byte> line)
    {
        line = Trim(line);
        int end = line.IndexOf((byte)' ');
        ReadOnlySpan<byte> command = end < 0 ? line : line.Slice(0, end);
        ReadOnlySpan<byte> argument = end < 0 ? default : Trim(line.Slice(end));
        if (command.SequenceEqual("quit"u8))
        {
            _ = Send("bye\r\n"u8);
            return false;
        }

        return Run(command, argument) && Send("> "u8);
    }

    private bool Run(ReadOnlySpan<byte> command, ReadOnlySpan<byte> argument)
    {
        if (command.IsEmpty)
        {
            return true;
        }

        if (command.SequenceEqual("help"u8))
        {
            return Send("help, uptime, memory, threads, sockets, ping HOST, lookup NAME, quit\r\n"u8);
        }

        if (command.SequenceEqual("uptime"u8))
        {
            return ShowUptime();
        }

        if (command.SequenceEqual("memory"u8))
        {
            return ShowMemory();
        }

        if (command.SequenceEqual("threads"u8))
        {
            return ShowThreads();
        }

        if (command.SequenceEqual("sockets"u8))
        {
            return ShowSockets();
        }

        if (command.SequenceEqual("ping"u8))
        {
            return PingHost(argument);
        }

        // What was sent is not shown: it may be anything.
        return command.SequenceEqual("lookup"u8) ? Lookup(argument) : Send("unknown command, try help\r\n"u8);
    }

    private bool ShowUptime()
    {
        Utf8Writer writer = new(_output);
        writer.Write("up "u8);
        WriteThousandths(ref writer, (Clock.MonotonicNs - Telnetd.StartNs) / 1_000_000, "s"u8);
        return Send(writer.Written);
    }

    private bool ShowMemory()
    {
        MemoryStatistics statistics = MemoryStatistics.Take();
        Utf8Writer writer = new(_output);
        writer.WriteDecimal(statistics.MemoryBytes);
        writer.Write(" bytes, heap "u8);
        writer.WriteDecimal(statistics.HeapBytes);
        writer.Write(" bytes, pages "u8);
        writer.WriteDecimal((ulong)statistics.PagesInUse);
        writer.Write(" of "u8);
        writer.WriteDecimal((ulong)statistics.PagesTotal);
        writer.Write(", peak "u8);
        writer.WriteDecimal((ulong)statistics.PagesPeak);
        writer.Write("\r\n"u8);
        return Send(writer.Written);
    }

    private bool ShowThreads()
    {
        MemoryStatistics statistics = MemoryStatistics.Take();
        Utf8Writer writer = new(_output);
        writer.WriteDecimal((long)statistics.ThreadCount);
        writer.Write(" threads, "u8);
        writer.WriteDecimal((ulong)statistics.StacksTouched);
        writer.Write(" stacks used so far\r\n"u8);
        return Send(writer.Written);
    }

    private bool ShowSockets()
    {
        NetworkStatistics statistics = NetworkStatistics.Take();
        Utf8Writer writer = new(_output);
        writer.WriteDecimal((long)statistics.SocketCount);
        writer.Write(" sockets, "u8);
        writer.WriteDecimal((long)statistics.ConnectionCount);
        writer.Write(" connections, "u8);
        writer.WriteDecimal((long)statistics.TimeWaitCount);
        writer.Write(" in TIME-WAIT, "u8);
        writer.WriteDecimal(statistics.FramesReceived);
        writer.Write(" frames received, "u8);
        writer.WriteDecimal(statistics.FramesSent);
        writer.Write(" sent\r\n"u8);
        return Send(writer.Written);
    }

    private bool Lookup(ReadOnlySpan<byte> name)
    {
        int count = Find(name);
        if (count < 0)
        {
            return Refuse(count);
        }

        for (int i = 0; i < count; i++)
        {
            Utf8Writer writer = new(_output);
            WriteAddress(ref writer, _addresses[i].Address);
            writer.Write("\r\n"u8);
            if (!Send(writer.Written))
            {
                return false;
            }
        }

        return true;
    }

    private bool PingHost(ReadOnlySpan<byte> host)
    {
        int count = Find(host);
        if (count < 0)
        {
            return Refuse(count);
        }

        IpAddress address = _addresses[0].Address;
        int replies = 0;
        for (int i = 0; i < PingCount; i++)
        {
            if (i > 0)
            {
                GuestThread.Sleep(PingPauseNs);
            }

            int error = Ping.Send(address, PingTimeoutNs, out ulong roundTripNs);
            replies += error == 0 ? 1 : 0;
            if (!(error == 0 ? ShowReply(address, roundTripNs) : Refuse(error)))
            {
                return false;
            }
        }

        Utf8Writer writer = new(_output);
        writer.WriteDecimal((long)PingCount);
        writer.Write(" sent, "u8);
        writer.WriteDecimal((long)replies);
        writer.Write(" received\r\n"u8);
        return Send(writer.Written);
    }

    private bool ShowReply(IpAddress address, ulong roundTripNs)
    {
        Utf8Writer writer = new(_output);
        WriteAddress(ref writer, address);
        writer.Write(" answers after "u8);
        WriteThousandths(ref writer, roundTripNs / 1000, "ms"u8);
        return Send(writer.Written);
    }

    private int Find(ReadOnlySpan<byte> host) =>
        Posix.GetAddressInfo(host, default, AddressFamily.Unspecified, _addresses);

    private bool Refuse(int error)
    {
        ReadOnlySpan<byte> text = (Errno)(-error) switch
        {
            Errno.ENOENT => "no such name\r\n"u8,
            Errno.EINVAL => "that is no name\r\n"u8,
            Errno.ETIMEDOUT => "no answer\r\n"u8,
            Errno.EHOSTUNREACH => "no way there\r\n"u8,
            _ => "not now\r\n"u8,
        };
        return Send(text);
    }

    // Thousandths of a unit, with three digits behind the point, and the end of the line.
    private static void WriteThousandths(ref Utf8Writer writer, ulong thousandths, ReadOnlySpan<byte> unit)
    {
        writer.WriteDecimal(thousandths / 1000);
        writer.Write((byte)'.');
        ulong rest = thousandths % 1000;
        writer.Write((byte)('0' + (rest / 100)));
        writer.Write((byte)('0' + (rest / 10 % 10)));
        writer.Write((byte)('0' + (rest % 10)));
        writer.Write((byte)' ');
        writer.Write(unit);
        writer.Write("\r\n"u8);
    }

    private static void WriteAddress(ref Utf8Writer writer, IpAddress address)
    {
        Span<byte> text = stackalloc byte[IpText.LongestBytes];
        int length = IpText.Format(address, text);
        writer.Write(text.Slice(0, length));
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty && text[0] == ' ')
        {
            text = text.Slice(1);
        }

        while (!text.IsEmpty && text[text.Length - 1] == ' ')
        {
            text = text.Slice(0, text.Length - 1);
        }

        return text;
    }
}
