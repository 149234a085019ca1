// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>What stands between the parts of a multipart/byteranges content (RFC 9110 section 14.6).</summary>
internal static class MultipartText
{
    /// <summary>Most bytes of a part's head.</summary>
    internal const int HeadBytesMax = 256;

    /// <summary>Writes the boundary, without dashes.</summary>
    internal static void WriteBoundary(ulong boundary, ref ResponseWriter writer)
    {
        Span<byte> digits = stackalloc byte[16];
        for (int i = 0; i < digits.Length; i++)
        {
            digits[i] = "0123456789abcdef"u8[(int)(boundary >> (60 - (i * 4))) & 15];
        }

        writer.Text("denali-part-"u8);
        writer.Text(digits);
    }

    /// <summary>Writes the head of a part.</summary>
    internal static void WriteHead(in Response response, int index, ref ResponseWriter writer)
    {
        writer.Text(index == 0 ? "--"u8 : "\r\n--"u8);
        WriteBoundary(response.Boundary, ref writer);
        writer.Text("\r\n"u8);
        writer.Field("Content-Type"u8, MediaTypes.NameOf(response.MediaType));
        writer.ContentRange(response.Ranges[index], response.File.SizeBytes);
        writer.EndHead();
    }

    /// <summary>Writes what stands behind the last part.</summary>
    internal static void WriteEnd(in Response response, ref ResponseWriter writer)
    {
        writer.Text("\r\n--"u8);
        WriteBoundary(response.Boundary, ref writer);
        writer.Text("--\r\n"u8);
    }

    /// <summary>Bytes of the content with everything between the parts.</summary>
    internal static long TotalBytes(in Response response)
    {
        Span<byte> scratch = stackalloc byte[HeadBytesMax];
        var end = new ResponseWriter(scratch);
        WriteEnd(response, ref end);
        long total = response.Ranges.TotalBytes + end.Written.Length;
        for (int i = 0; i < response.Ranges.Count; i++)
        {
            var head = new ResponseWriter(scratch);
            WriteHead(response, i, ref head);
            total += head.Written.Length;
        }

        return total;
    }
}
