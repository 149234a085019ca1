// SPDX-License-Identifier: MIT
using System;
using System.Numerics;
using Denali.Hardware;

namespace Denali.Engine;

/// <summary>A set of chunks of guest memory (see <see cref="AddressMap.ChunkBytes"/>): one bit for each.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class ChunkMap
{
    private readonly ulong[] _words;

    /// <summary>Makes an empty set.</summary>
    /// <param name="memoryBytes">Memory size of the VM in bytes.</param>
    public ChunkMap(ulong memoryBytes)
    {
        _words = new ulong[((memoryBytes / AddressMap.ChunkBytes) + 63) / 64];
    }

    /// <summary>Chunks in the set.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in _words)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>Adds the chunk that an address is in.</summary>
    /// <param name="address">A guest address below the memory size.</param>
    public void AddAddress(ulong address) => Add((int)(address / AddressMap.ChunkBytes));

    /// <summary>Adds a chunk.</summary>
    /// <param name="chunk">Its number.</param>
    public void Add(int chunk) => _words[chunk >> 6] |= 1UL << (chunk & 63);

    /// <summary>Takes a chunk out.</summary>
    /// <param name="chunk">Its number.</param>
    /// <returns>Whether it was in the set.</returns>
    public bool Remove(int chunk)
    {
        bool was = (_words[chunk >> 6] >> (chunk & 63) & 1) != 0;
        _words[chunk >> 6] &= ~(1UL << (chunk & 63));
        return was;
    }

    /// <summary>Adds all chunks of another set for the same memory size.</summary>
    /// <param name="other">The other set.</param>
    public void AddAll(ChunkMap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < _words.Length; i++)
        {
            _words[i] |= other._words[i];
        }
    }

    /// <summary>Empties the set.</summary>
    public void Clear() => Array.Clear(_words);

    /// <summary>Finds the first chunk of the set from one on.</summary>
    /// <param name="from">Where to begin.</param>
    /// <returns>Its number, or -1 if there is none.</returns>
    public int Next(int from)
    {
        for (int i = from >> 6; i < _words.Length; i++)
        {
            ulong word = i == from >> 6 ? _words[i] >> (from & 63) << (from & 63) : _words[i];
            if (word != 0)
            {
                return (i << 6) + BitOperations.TrailingZeroCount(word);
            }
        }

        return -1;
    }
}
