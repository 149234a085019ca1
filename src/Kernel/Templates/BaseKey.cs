// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Denali.Engine;
using Denali.Hardware;

namespace Denali.Kernel.Templates;

/// <summary>Computes what <see cref="LoadedImage.Key"/> is: a hash of all that VMs of a base start with.</summary>
/// <remarks>
/// Of an image that follows from its file, its memory size and the version of the virtual hardware. Of a template it is
/// the same and the memory of the VM that was captured, as it is and as far as it was committed. The first half of a
/// SHA-256: nobody makes two bases with one key.
/// </remarks>
internal static class BaseKey
{
    /// <summary>Computes a key.</summary>
    /// <param name="image">What it is of; not disposed.</param>
    internal static UInt128 Of(LoadedImage image)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(image.Image.Identity);
        Append(hash, RegisterPage.CurrentVersion);
        Append(hash, image.Layout.MemoryBytes);
        if (image.IsBooted)
        {
            AppendState(hash, image.Base);
        }

        Span<byte> value = stackalloc byte[SHA256.HashSizeInBytes];
        _ = hash.GetHashAndReset(value);
        return BinaryPrimitives.ReadUInt128BigEndian(value);
    }

    private static void AppendState(IncrementalHash hash, IMemoryBase state)
    {
        Append(hash, state.ChargedBytes);
        for (int chunk = state.Commits.Next(0); chunk >= 0; chunk = state.Commits.Next(chunk + 1))
        {
            Append(hash, (ulong)chunk);
        }

        // No chunk and no page has this number: here the pages begin.
        Append(hash, ulong.MaxValue);
        for (uint page = 0; state.TryGetNextPage(ref page, out ReadOnlySpan<byte> contents); page++)
        {
            Append(hash, page);
            hash.AppendData(contents);
        }
    }

    private static void Append(IncrementalHash hash, ulong number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
