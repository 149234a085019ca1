// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace Denali.Guests.Tests;

/// <summary>Reads the frames of a capture file (draft-ietf-opsawg-pcap).</summary>
internal static class CaptureFile
{
    private const int FileHeaderBytes = 24;
    private const int RecordHeaderBytes = 16;
    private const int CapturedBytesOffset = 8;

    /// <summary>Reads all frames, in the order of the file.</summary>
    internal static List<byte[]> Read(string path)
    {
        var frames = new List<byte[]>();
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path).AsSpan(FileHeaderBytes);
        while (!rest.IsEmpty)
        {
            int bytes = BinaryPrimitives.ReadInt32LittleEndian(rest[CapturedBytesOffset..]);
            frames.Add(rest.Slice(RecordHeaderBytes, bytes).ToArray());
            rest = rest[(RecordHeaderBytes + bytes)..];
        }

        return frames;
    }
}
