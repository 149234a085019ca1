// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net;
using Ilwaco;

/// <summary>A name server for tests, over UDP and TCP: it knows www.example and big.example.</summary>
/// <remarks>
/// What does not fit into a datagram of 512 bytes is cut off there (RFC 1035 section 4.2.1), so that who asks has to
/// ask again over TCP. big.example has such a text.
/// </remarks>
internal static class Nameserver
{
    private const ushort Port = 53;
    private const int DatagramBytesMax = 512;
    private const int MessageBytesMax = 8192;
    private const int PrefixBytes = 2;
    private const ushort TextType = 16;
    private const int TextCount = 20;
    private const int TextBytes = 200;
    private const int TimeToLiveSeconds = 60;

    private static int Main()
    {
        SocketAddress any = SocketAddress.Any(AddressFamily.Ipv6, Port);
        int datagrams = Posix.Socket(AddressFamily.Ipv6, SocketType.Datagram);
        int listener = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        if (Posix.Bind(datagrams, any) != 0 || Posix.Bind(listener, any) != 0 || Posix.Listen(listener, 16) != 0)
        {
            return 1;
        }

        GuestThread.Start(() => ServeStreams(listener)).Detach();
        ConsoleDevice.WriteLine("nameserver: ready"u8);
        VirtualInstructions.Ready();
        byte[] query = new byte[MessageBytesMax];
        byte[] answer = new byte[MessageBytesMax];
        while (true)
        {
            int length = Posix.ReceiveFrom(datagrams, query, out SocketAddress peer);
            int bytes = length > 0 ? Answer(query.AsSpan(0, length), answer, DatagramBytesMax) : 0;
            if (bytes > 0)
            {
                _ = Posix.SendTo(datagrams, answer.AsSpan(0, bytes), peer);
            }
        }
    }

    // One question per connection: what asks here does not ask twice.
    private static void ServeStreams(int listener)
    {
        byte[] query = new byte[MessageBytesMax];
        byte[] answer = new byte[MessageBytesMax];
        while (true)
        {
            int connection = Posix.Accept(listener, out _);
            if (connection < 0)
            {
                continue;
            }

            int length = ReceiveMessage(connection, query);
            int bytes = length > 0
                ? Answer(query.AsSpan(0, length), answer.AsSpan(PrefixBytes), MessageBytesMax - PrefixBytes)
                : 0;
            if (bytes > 0)
            {
                BinaryPrimitives.WriteUInt16BigEndian(answer, (ushort)bytes);
                _ = Posix.Send(connection, answer.AsSpan(0, PrefixBytes + bytes));
            }

            _ = Posix.Close(connection);
        }
    }

    private static int ReceiveMessage(int connection, Span<byte> message)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        if (Posix.Receive(connection, prefix, MessageFlags.WaitAll) != PrefixBytes)
        {
            return 0;
        }

        int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(prefix), message.Length);
        return Posix.Receive(connection, message.Slice(0, length), MessageFlags.WaitAll) == length ? length : 0;
    }

    /// <returns>Bytes of the answer, or 0 if there is none to give.</returns>
    private static int Answer(ReadOnlySpan<byte> query, Span<byte> answer, int limit)
    {
        Span<byte> name = stackalloc byte[DnsName.LongestBytes];
        if (!DnsHeader.TryParse(query, out DnsHeader header)
            || header.IsResponse
            || header.Questions != 1
            || !DnsName.TryRead(query, DnsHeader.SizeBytes, name, out int nameBytes, out int next)
            || query.Length < next + 4)
        {
            return 0;
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(query.Slice(next));
        int at = next + 4;
        query.Slice(0, at).CopyTo(answer);
        ReadOnlySpan<byte> asked = name.Slice(0, nameBytes);
        bool isWww = asked.SequenceEqual("\u0003www\u0007example\0"u8);
        bool isBig = asked.SequenceEqual("\u0003big\u0007example\0"u8);
        ushort count = 0;
        if (isWww && type == (ushort)DnsRecordType.A)
        {
            count = Append(answer, ref at, type, [192, 0, 2, 7]);
        }
        else if (isWww && type == (ushort)DnsRecordType.Aaaa)
        {
            count = Append(answer, ref at, type, [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
        }
        else if (isBig && type == TextType)
        {
            count = AppendTexts(answer, ref at);
        }

        bool isTooLong = at > limit;
        new DnsHeader
        {
            Id = header.Id,
            IsResponse = true,
            IsStandardQuery = true,
            IsTruncated = isTooLong,
            IsRecursionDesired = header.IsRecursionDesired,
            ResponseCode = isWww || isBig ? DnsResponseCode.NoError : DnsResponseCode.NameError,
            Questions = 1,
            Answers = isTooLong ? (ushort)0 : count,
        }.Write(answer);
        return isTooLong ? next + 4 : at;
    }

    private static ushort AppendTexts(Span<byte> answer, ref int at)
    {
        Span<byte> text = stackalloc byte[1 + TextBytes];
        text[0] = TextBytes;
        for (int i = 0; i < TextCount; i++)
        {
            text.Slice(1).Fill((byte)('a' + i));
            _ = Append(answer, ref at, TextType, text);
        }

        return TextCount;
    }

    /// <summary>Appends a record with the name that was asked for.</summary>
    private static ushort Append(Span<byte> answer, ref int at, ushort type, ReadOnlySpan<byte> data)
    {
        const ushort PointerToQuestion = 0xC00C;
        Span<byte> record = answer.Slice(at);
        BinaryPrimitives.WriteUInt16BigEndian(record, PointerToQuestion);
        BinaryPrimitives.WriteUInt16BigEndian(record.Slice(2), type);
        BinaryPrimitives.WriteUInt16BigEndian(record.Slice(4), DnsRecord.Internet);
        BinaryPrimitives.WriteUInt32BigEndian(record.Slice(6), TimeToLiveSeconds);
        BinaryPrimitives.WriteUInt16BigEndian(record.Slice(10), (ushort)data.Length);
        data.CopyTo(record.Slice(12));
        at += 12 + data.Length;
        return 1;
    }
}
