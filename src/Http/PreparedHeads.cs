// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>
/// What the heads of whole files say about the files, as it was written last: the same for every visitor.
/// </summary>
/// <remarks>
/// A place for each of some paths, and the path that comes last has it. What is kept counts only for the same file: one
/// that has changed is written anew. One thread at a time.
/// </remarks>
internal sealed class PreparedHeads
{
    // 64 KiB at most, of which a place takes nothing before it is used.
    private const int PlaceCount = 128;

    // The path and the text. Longer ones are rare, and are written each time.
    private const int PlaceBytes = 512;

    private readonly PreparedHead?[] _places = new PreparedHead?[PlaceCount];

    /// <summary>Finds what was kept.</summary>
    /// <param name="path">The path that was asked for.</param>
    /// <param name="file">The file that is sent: itself, or a compressed sibling.</param>
    /// <param name="coding">Its coding.</param>
    /// <param name="hasChoice">Whether there was a choice of codings.</param>
    /// <returns>The text; nothing if there is none.</returns>
    internal ReadOnlySpan<byte> Find(
        ReadOnlySpan<byte> path, in ContentEntry file, ContentCoding coding, bool hasChoice)
    {
        PreparedHead? head = _places[PlaceOf(path)];
        return head is not null
            && head.SizeBytes == file.SizeBytes
            && head.ModifiedUnixSeconds == file.ModifiedUnixSeconds
            && head.Coding == coding
            && head.HasChoice == hasChoice
            && path.SequenceEqual(head.Bytes.AsSpan(0, head.PathLength))
                ? head.Bytes.AsSpan(head.PathLength, head.TextLength)
                : default;
    }

    /// <summary>Keeps a text.</summary>
    /// <param name="path">The path that was asked for.</param>
    /// <param name="file">The file that is sent.</param>
    /// <param name="coding">Its coding.</param>
    /// <param name="hasChoice">Whether there was a choice of codings.</param>
    /// <param name="text">The text.</param>
    internal void Keep(
        ReadOnlySpan<byte> path,
        in ContentEntry file,
        ContentCoding coding,
        bool hasChoice,
        ReadOnlySpan<byte> text)
    {
        if (path.Length + text.Length > PlaceBytes)
        {
            return;
        }

        PreparedHead head = _places[PlaceOf(path)] ??= new PreparedHead(PlaceBytes);
        head.SizeBytes = file.SizeBytes;
        head.ModifiedUnixSeconds = file.ModifiedUnixSeconds;
        head.Coding = coding;
        head.HasChoice = hasChoice;
        head.PathLength = path.Length;
        head.TextLength = text.Length;
        path.CopyTo(head.Bytes);
        text.CopyTo(head.Bytes.AsSpan(path.Length));
    }

    // FNV-1a, of the end alone: the beginnings of paths are much the same.
    private static int PlaceOf(ReadOnlySpan<byte> path)
    {
        const int HashedBytes = 24;
        uint hash = 2_166_136_261;
        foreach (byte value in path.Length > HashedBytes ? path[^HashedBytes..] : path)
        {
            hash = (hash ^ value) * 16_777_619;
        }

        return (int)((hash ^ (hash >> 16)) % PlaceCount);
    }
}
