// SPDX-License-Identifier: MIT
using System;
using Denali.Http;
using Ilwaco;

/// <summary>A line on the console for every request: method, target, status, bytes of content.</summary>
internal sealed class AccessLog : IRequestLog
{
    private const int TextBytesMax = 512;
    private const int TargetBytesMax = 400;

    /// <inheritdoc/>
    public void OnRequest(ReadOnlySpan<byte> data, in RequestHead head, in Response response)
    {
        Span<byte> text = stackalloc byte[TextBytesMax];
        var writer = new Utf8Writer(text);
        ReadOnlySpan<byte> method = head.MethodName.IsPresent || !data.IsEmpty ? head.MethodName.Of(data) : "-"u8;
        writer.Write(method.Length > 16 ? method[..16] : method);
        writer.Write((byte)' ');
        ReadOnlySpan<byte> target = data.IsEmpty ? "-"u8 : head.Target.Of(data);
        foreach (byte value in target.Length > TargetBytesMax ? target[..TargetBytesMax] : target)
        {
            // Bytes that a terminal might obey do not get there.
            writer.Write(value is > (byte)' ' and < 127 ? value : (byte)'?');
        }

        writer.Write((byte)' ');
        writer.WriteDecimal((ulong)response.Status);
        writer.Write((byte)' ');
        writer.WriteDecimal((ulong)response.ContentBytes);
        ConsoleDevice.WriteLine(writer.Written);
    }
}
