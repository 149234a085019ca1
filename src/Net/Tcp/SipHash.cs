// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Denali.Net.Tcp;

/// <summary>
/// SipHash-2-4 (Aumasson and Bernstein, 2012) over whole 64-bit words: a keyed hash whose output nobody without the key
/// can predict. It hides initial sequence numbers (RFC 6528), ports (RFC 6056), cookies and hash buckets.
/// </summary>
internal struct SipHash
{
    private ulong _v0;
    private ulong _v1;
    private ulong _v2;
    private ulong _v3;
    private uint _words;

    /// <summary>Begins a hash.</summary>
    /// <param name="key0">First half of the key, little endian.</param>
    /// <param name="key1">Second half.</param>
    public SipHash(ulong key0, ulong key1)
    {
        _v0 = key0 ^ 0x736f_6d65_7073_6575;
        _v1 = key1 ^ 0x646f_7261_6e64_6f6d;
        _v2 = key0 ^ 0x6c79_6765_6e65_7261;
        _v3 = key1 ^ 0x7465_6462_7974_6573;
        _words = 0;
    }

    /// <summary>Begins a hash with a key of 16 bytes.</summary>
    public SipHash(ReadOnlySpan<byte> key)
        : this(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]))
    {
    }

    /// <summary>Adds eight bytes, the first lowest.</summary>
    public void Add(ulong word)
    {
        _words++;
        Compress(word);
    }

    /// <summary>Ends the hash.</summary>
    /// <returns>64 bits.</returns>
    public ulong Finish()
    {
        Compress((ulong)(_words * 8 & 0xFF) << 56);
        _v2 ^= 0xFF;
        Round();
        Round();
        Round();
        Round();
        return _v0 ^ _v1 ^ _v2 ^ _v3;
    }

    private void Compress(ulong word)
    {
        _v3 ^= word;
        Round();
        Round();
        _v0 ^= word;
    }

    private void Round()
    {
        unchecked
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
