// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace Denali.Net.Tests.Dns;

/// <summary>Puts DNS messages together byte by byte, without the code under test.</summary>
internal sealed class DnsMessageBuilder
{
    private readonly List<byte> _bytes = [.. new byte[12]];

    public static byte[] Name(string name)
    {
        List<byte> bytes = [];
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.Add(0);
        return [.. bytes];
    }

    public static byte[] Soa(uint minimum)
    {
        byte[] data = [.. Name("ns.example"), .. Name("admin.example"), .. new byte[20]];
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(data.Length - 4), minimum);
        return data;
    }

    /// <summary>The beginning of a response to a query: its number and its question.</summary>
    public static DnsMessageBuilder ResponseTo(byte[] query, int code = 0)
    {
        DnsMessageBuilder builder = new();
        int end = 12;
        while (query[end] != 0)
        {
            end += 1 + query[end];
        }

        builder._bytes[0] = query[0];
        builder._bytes[1] = query[1];
        builder._bytes[2] = 0x81;
        builder._bytes[3] = (byte)(0x80 | code);
        builder._bytes[5] = 1;
        builder._bytes.AddRange(query[12..(end + 5)]);
        return builder;
    }

    public DnsMessageBuilder Set(int at, byte value)
    {
        _bytes[at] = value;
        return this;
    }

    public DnsMessageBuilder Answer(byte[] name, DnsRecordType type, uint ttl, byte[] data) =>
        Record(7, name, type, ttl, data);

    public DnsMessageBuilder Authority(byte[] name, DnsRecordType type, uint ttl, byte[] data) =>
        Record(9, name, type, ttl, data);

    public byte[] Build() => [.. _bytes];

    private DnsMessageBuilder Record(int count, byte[] name, DnsRecordType type, uint ttl, byte[] data)
    {
        _bytes[count]++;
        _bytes.AddRange(name);
        _bytes.AddRange([0, (byte)type, 0, 1]);
        _bytes.AddRange([(byte)(ttl >> 24), (byte)(ttl >> 16), (byte)(ttl >> 8), (byte)ttl]);
        _bytes.AddRange([(byte)(data.Length >> 8), (byte)data.Length, .. data]);
        return this;
    }
}
