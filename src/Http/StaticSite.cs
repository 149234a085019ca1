// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>A site made of files: tells what to answer to a request.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class StaticSite
{
    private const int SuffixBytesMax = 16;

    private readonly IContentStore _store;
    private readonly byte[] _path = new byte[HttpLimits.PathBytesMax + SuffixBytesMax];
    private readonly PreparedHeads _prepared = new();
    private readonly byte[] _tag = new byte[EntityTag.LengthBytesMax];
    private int _pathLength;

    /// <summary>Makes a site.</summary>
    /// <param name="store">Its files.</param>
    public StaticSite(IContentStore store) => _store = store;

    /// <summary>The site's files.</summary>
    public IContentStore Store => _store;

    /// <summary>The decoded path of the request that was answered last, for the log.</summary>
    public ReadOnlySpan<byte> LastPath => _path.AsSpan(0, _pathLength);

    /// <summary>Answers a request.</summary>
    /// <param name="data">The bytes that the head was read from.</param>
    /// <param name="head">The head.</param>
    /// <param name="isLast">The connection ends after the response.</param>
    /// <param name="nowUnixSeconds">Now.</param>
    /// <param name="boundary">What parts are told apart by, if there are several: not to be found in any file.</param>
    /// <param name="writer">Where the head goes, and a small page with it.</param>
    /// <param name="response">What is to follow.</param>
    public void Answer(
        ReadOnlySpan<byte> data,
        in RequestHead head,
        bool isLast,
        long nowUnixSeconds,
        ulong boundary,
        ref ResponseWriter writer,
        out Response response)
    {
        response = default;
        _pathLength = 0;
        if (head.Method == HttpMethod.Options)
        {
            AnswerOptions(isLast, nowUnixSeconds, ref writer, out response);
            return;
        }

        if (head.Method == HttpMethod.Other)
        {
            response = Page(HttpStatus.MethodNotAllowed, head.Method, isLast, nowUnixSeconds, ref writer);
            return;
        }

        ContentKind kind =
            Find(head.Target.Of(data), out ReadOnlySpan<byte> query, out HttpStatus error, out response.File);
        if (error == HttpStatus.None && kind == ContentKind.Directory)
        {
            Redirect(head.Method, query, isLast, nowUnixSeconds, ref writer, out response);
            return;
        }

        if (error != HttpStatus.None)
        {
            response = Page(error, head.Method, isLast, nowUnixSeconds, ref writer);
            return;
        }

        response.HasFile = true;
        response.Boundary = boundary;
        ContentCoding coding = ChooseCoding(data, head, ref response.File, out bool hasChoice);
        if (head.AsksForAll)
        {
            AnswerWhole(head, coding, hasChoice, isLast, nowUnixSeconds, ref writer, ref response);
        }
        else
        {
            AnswerFile(data, head, coding, hasChoice, isLast, nowUnixSeconds, ref writer, ref response);
        }
    }

    /// <summary>Writes a small page that says what is wrong.</summary>
    /// <param name="status">The status.</param>
    /// <param name="method">The request's method: there is no page in an answer to HEAD.</param>
    /// <param name="isLast">The connection ends after the response.</param>
    /// <param name="nowUnixSeconds">Now.</param>
    /// <param name="writer">Where it goes.</param>
    /// <returns>The response.</returns>
    public static Response Page(
        HttpStatus status, HttpMethod method, bool isLast, long nowUnixSeconds, ref ResponseWriter writer)
    {
        writer.Start(status, nowUnixSeconds, isLast);
        if (status == HttpStatus.MethodNotAllowed)
        {
            writer.Field("Allow"u8, "GET, HEAD, OPTIONS"u8);
        }

        EndWithPage(status, method, ref writer);
        return new Response { Status = status };
    }

    private static void EndWithPage(HttpStatus status, HttpMethod method, ref ResponseWriter writer)
    {
        ReadOnlySpan<byte> phrase = StatusText.Of(status);
        ReadOnlySpan<byte> begin = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>"u8;
        ReadOnlySpan<byte> middle = "</title></head><body><h1>"u8;
        ReadOnlySpan<byte> end = "</h1></body></html>\n"u8;
        writer.Field("Content-Type"u8, "text/html; charset=utf-8"u8);
        writer.Field("Content-Length"u8, begin.Length + middle.Length + end.Length + (2 * (phrase.Length + 4)));
        writer.EndHead();
        if (method == HttpMethod.Head)
        {
            return;
        }

        writer.Text(begin);
        writer.Number((int)status);
        writer.Text(" "u8);
        writer.Text(phrase);
        writer.Text(middle);
        writer.Number((int)status);
        writer.Text(" "u8);
        writer.Text(phrase);
        writer.Text(end);
    }

    private static void AnswerOptions(
        bool isLast, long nowUnixSeconds, ref ResponseWriter writer, out Response response)
    {
        response = new Response { Status = HttpStatus.NoContent };
        writer.Start(HttpStatus.NoContent, nowUnixSeconds, isLast);
        writer.Field("Allow"u8, "GET, HEAD, OPTIONS"u8);
        writer.EndHead();
    }

    /// <summary>Finds the file of a target. A directory that is found has no slash at its end.</summary>
    private ContentKind Find(
        ReadOnlySpan<byte> target, out ReadOnlySpan<byte> query, out HttpStatus error, out ContentEntry entry)
    {
        entry = default;
        error = HttpStatus.BadRequest;
        if (!RequestTarget.TrySplit(target, out ReadOnlySpan<byte> path, out query))
        {
            return ContentKind.None;
        }

        error = RequestTarget.Decode(path, _path.AsSpan(0, HttpLimits.PathBytesMax), out _pathLength);
        if (error != HttpStatus.None)
        {
            return ContentKind.None;
        }

        bool isIndex = _path[_pathLength - 1] == (byte)'/';
        if (isIndex)
        {
            Append("index.html"u8);
        }

        ContentKind kind = _store.Open(LastPath, out entry);
        error = kind switch
        {
            ContentKind.File => HttpStatus.None,
            ContentKind.Directory => isIndex ? HttpStatus.Forbidden : HttpStatus.None,
            ContentKind.Other => HttpStatus.Forbidden,
            ContentKind.Failed => HttpStatus.InternalServerError,
            ContentKind.Busy => HttpStatus.ServiceUnavailable,
            _ => isIndex && DirectoryIsThere() ? HttpStatus.Forbidden : HttpStatus.NotFound,
        };
        return kind;
    }

    private bool DirectoryIsThere()
    {
        int slash = LastPath.LastIndexOf((byte)'/');
        ContentKind kind = _store.Open(_path.AsSpan(0, Math.Max(slash, 1)), out ContentEntry entry);
        if (kind == ContentKind.File)
        {
            _store.Release(entry.Handle);
        }

        return kind == ContentKind.Directory;
    }

    private void Append(ReadOnlySpan<byte> suffix)
    {
        suffix.CopyTo(_path.AsSpan(_pathLength));
        _pathLength += suffix.Length;
    }

    private void Redirect(
        HttpMethod method,
        ReadOnlySpan<byte> query,
        bool isLast,
        long nowUnixSeconds,
        ref ResponseWriter writer,
        out Response response)
    {
        response = new Response { Status = HttpStatus.MovedPermanently };
        writer.Start(HttpStatus.MovedPermanently, nowUnixSeconds, isLast);
        writer.Text("Location: "u8);
        writer.EncodedPath(LastPath);
        writer.Text("/"u8);
        writer.Text(query);
        writer.Text("\r\n"u8);
        EndWithPage(HttpStatus.MovedPermanently, method, ref writer);
    }

    /// <summary>Takes a compressed sibling of a file, if the client takes it and it is not older.</summary>
    private ContentCoding ChooseCoding(
        ReadOnlySpan<byte> data, in RequestHead head, ref ContentEntry file, out bool hasChoice)
    {
        ContentCoding coding = ContentCoding.Identity;
        AcceptedCodings accepted = AcceptedCodings.Parse(head.AcceptEncoding.Of(data));
        bool hasBrotli = TryTakeSibling(".br"u8, accepted.Takes(ContentCoding.Brotli), ref file, out bool isTaken);
        coding = isTaken ? ContentCoding.Brotli : coding;
        bool wantsGzip = !isTaken && accepted.Takes(ContentCoding.Gzip);
        bool hasGzip = TryTakeSibling(".gz"u8, wantsGzip, ref file, out isTaken);
        coding = isTaken ? ContentCoding.Gzip : coding;
        hasChoice = hasBrotli || hasGzip;
        return coding;
    }

    private bool TryTakeSibling(ReadOnlySpan<byte> suffix, bool isWanted, ref ContentEntry file, out bool isTaken)
    {
        isTaken = false;
        int length = _pathLength;
        Append(suffix);
        ContentKind kind = _store.Open(LastPath, out ContentEntry sibling);
        _pathLength = length;
        if (kind != ContentKind.File)
        {
            return false;
        }

        isTaken = isWanted;
        _store.Release(isTaken ? file.Handle : sibling.Handle);
        file = isTaken ? sibling : file;
        return true;
    }

    /// <summary>Answers what most ask for: the file, whatever it is.</summary>
    private void AnswerWhole(
        in RequestHead head,
        ContentCoding coding,
        bool hasChoice,
        bool isLast,
        long nowUnixSeconds,
        ref ResponseWriter writer,
        ref Response response)
    {
        response.Status = HttpStatus.Ok;
        response.Ranges = RangeList.Whole(response.File.SizeBytes);
        response.ContentBytes = response.File.SizeBytes;
        writer.Start(HttpStatus.Ok, nowUnixSeconds, isLast);
        ReadOnlySpan<byte> prepared = _prepared.Find(LastPath, response.File, coding, hasChoice);
        if (!prepared.IsEmpty)
        {
            writer.Text(prepared);
        }
        else
        {
            int start = writer.Written.Length;
            int length = EntityTag.Write(response.File.ModifiedUnixSeconds, response.File.SizeBytes, _tag);
            WriteValidators(response.File, _tag.AsSpan(0, length), hasChoice, ref writer);
            WriteContentFields(coding, ref writer, ref response);
            if (!writer.IsOverfull)
            {
                _prepared.Keep(LastPath, response.File, coding, hasChoice, writer.Written[start..]);
            }
        }

        AbandonUnlessSent(head, ref response);
    }

    private void AnswerFile(
        ReadOnlySpan<byte> data,
        in RequestHead head,
        ContentCoding coding,
        bool hasChoice,
        bool isLast,
        long nowUnixSeconds,
        ref ResponseWriter writer,
        ref Response response)
    {
        ReadOnlySpan<byte> tag = _tag.AsSpan(
            0, EntityTag.Write(response.File.ModifiedUnixSeconds, response.File.SizeBytes, _tag));
        HttpStatus status = Preconditions.Evaluate(data, head, response.File, tag, nowUnixSeconds);
        if (status == HttpStatus.Ok)
        {
            status = ChooseRanges(data, head, tag, nowUnixSeconds, ref response);
        }

        response.Status = status;
        writer.Start(status, nowUnixSeconds, isLast);
        WriteValidators(response.File, tag, hasChoice, ref writer);
        if (status == HttpStatus.NotModified)
        {
            writer.EndHead();
        }
        else if (status is HttpStatus.PreconditionFailed or HttpStatus.RangeNotSatisfiable)
        {
            if (status == HttpStatus.RangeNotSatisfiable)
            {
                writer.Text("Content-Range: bytes */"u8);
                writer.Number(response.File.SizeBytes);
                writer.Text("\r\n"u8);
            }

            EndWithPage(status, head.Method, ref writer);
        }
        else
        {
            WriteContentFields(coding, ref writer, ref response);
            AbandonUnlessSent(head, ref response);
            return;
        }

        Abandon(ref response);
    }

    private static HttpStatus ChooseRanges(
        ReadOnlySpan<byte> data,
        in RequestHead head,
        ReadOnlySpan<byte> tag,
        long nowUnixSeconds,
        ref Response response)
    {
        // RFC 9110 section 14.2: Range means something for GET alone.
        HttpStatus status = HttpStatus.Ok;
        if (head.Range.IsPresent && head.Method == HttpMethod.Get
            && Preconditions.RangeCounts(data, head, response.File, tag, nowUnixSeconds))
        {
            status = RangeList.Parse(head.Range.Of(data), response.File.SizeBytes, out response.Ranges);
        }

        if (status == HttpStatus.Ok)
        {
            response.Ranges = RangeList.Whole(response.File.SizeBytes);
        }

        response.IsMultipart = status == HttpStatus.PartialContent && response.Ranges.Count > 1;
        return status;
    }

    private static void WriteValidators(
        in ContentEntry file, ReadOnlySpan<byte> tag, bool hasChoice, ref ResponseWriter writer)
    {
        writer.Text("Last-Modified: "u8);
        writer.Date(file.ModifiedUnixSeconds);
        writer.Text("\r\n"u8);
        writer.Field("ETag"u8, tag);
        if (hasChoice)
        {
            writer.Field("Vary"u8, "Accept-Encoding"u8);
        }
    }

    private void WriteContentFields(ContentCoding coding, ref ResponseWriter writer, ref Response response)
    {
        response.MediaType = MediaTypes.Find(LastPath);
        if (coding != ContentCoding.Identity)
        {
            writer.Field("Content-Encoding"u8, coding == ContentCoding.Gzip ? "gzip"u8 : "br"u8);
        }

        if (response.IsMultipart)
        {
            writer.Text("Content-Type: multipart/byteranges; boundary="u8);
            MultipartText.WriteBoundary(response.Boundary, ref writer);
            writer.Text("\r\n"u8);
            response.ContentBytes = MultipartText.TotalBytes(response);
        }
        else
        {
            writer.Field("Content-Type"u8, MediaTypes.NameOf(response.MediaType));
            response.ContentBytes = response.Ranges.TotalBytes;
            if (response.Status == HttpStatus.PartialContent)
            {
                writer.ContentRange(response.Ranges[0], response.File.SizeBytes);
            }
        }

        writer.Field("Accept-Ranges"u8, "bytes"u8);
        writer.Field("Content-Length"u8, response.ContentBytes);
        writer.EndHead();
    }

    private void AbandonUnlessSent(in RequestHead head, ref Response response)
    {
        if (head.Method != HttpMethod.Get || response.ContentBytes == 0)
        {
            Abandon(ref response);
        }
    }

    /// <summary>The file is not needed: all that there is to say stands in the head.</summary>
    private void Abandon(ref Response response)
    {
        _store.Release(response.File.Handle);
        response.HasFile = false;
        response.Ranges = default;
    }
}
