// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Denali.Sites.Tests.Support;

namespace Denali.Sites.Tests.Compared;

/// <summary>Requests to the files of <see cref="SampleTree.FillSmall"/>.</summary>
internal static class RequestTable
{
    private const string File = "/file.txt";

    private static readonly DateTime s_modified = SampleTree.Modified;

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<TableRequest> Rows { get; } =
    [
        .. Paths(), .. Methods(), .. Ranges(), .. Conditions(), .. Codings(), .. Hosts(), .. Versions(), .. Contents(),
        .. BadRequests(),
    ];

    private static TableRequest Get(string name, string path, params string[] fields) =>
        Ask(name, "GET", path, fields);

    private static TableRequest Ask(string name, string method, string path, params string[] fields) => new(
        name,
        $"{method} {path} HTTP/1.1\r\nHost: {{host}}\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n");

    private static IEnumerable<TableRequest> Paths() => new[]
    {
        "/", "/index.html", "/file.txt", "/empty.txt", "/style.css", "/code.js", "/noextension", "/medium.bin",
        "/folder", "/folder/", "/folder/index.html", "/folder/other.html", "/folder?a=b", "/folder/?a=b", "/noindex",
        "/noindex/", "/noindex/file.html", "/none", "/none/", "/none/none.html", "/file.txt/", "/file.txt/none",
        "/FILE.TXT", "/a%20b.txt", "/a+b.txt", "/plus+.txt", "/plus%2B.txt", "/plus%2b.txt", "/100%25.txt",
        "/100%2525.txt", "/%C3%BC.txt", "/%c3%bc.txt", "/\u00C3\u00BC.txt", "/%FC.txt", "/\u00FC.txt", "/%66ile.txt",
        "/folder%2Findex.html", "/folder%2findex.html", "/folder%2F", "//file.txt", "//folder///index.html",
        "/./file.txt", "/folder/./index.html", "/folder/../file.txt", "/folder/..", "/folder/.", "/folder/../",
        "/%2e/file.txt", "/folder/%2e%2e/file.txt", "/folder/.%2E/file.txt", "/..", "/../", "/../etc/passwd",
        "/../../../../etc/passwd", "/%2e%2e/etc/passwd", "/%2e%2e%2fetc%2fpasswd", "/folder/../../etc/passwd",
        "/..%5c..%5cetc", "/.../file.txt", "/..file.txt", "/file.txt?", "/file.txt?a=b&c=%20", "/file.txt?/../..",
        "/?", "/file.txt;a=b", "/file.txt%3Fa", "/file.txt%23", "/%00", "/file.txt%00", "/file.txt%00.html", "/%",
        "/%2", "/%zz", "/100%.txt", "/file%0a.txt", "/file%0d%0aX: y", "/\"quote\"", "/<angle>", "/{brace}", "/a|b",
        "/a\\b", "/~user", "/" + new string('a', 255), "/" + new string('a', 256), "/" + new string('a', 4000),
        "/" + string.Concat(Enumerable.Repeat("a/", 500)), "/packed.html", "/packed.html.gz", "*", "file.txt", "?a",
        "http://{host}/file.txt", "HTTP://{host}/file.txt", "http://{host}", "http://{host}?a", "http://other/file.txt",
        "ftp://{host}/file.txt", "//{host}/file.txt", "http:///file.txt", "http:/file.txt",
    }.Select(path => Get($"path {Plain(Shorten(path))}", path));

    // In names, a star stands for anything.
    private static string Plain(string text) => text.Replace("*", "any", StringComparison.Ordinal);

    private static string Shorten(string path) =>
        path.Length <= 60 ? path : string.Create(CultureInfo.InvariantCulture, $"{path[..8]}... ({path.Length})");

    private static IEnumerable<TableRequest> Methods() =>
    [
        .. new[] { "GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO", "get",
            "Head" }
            .Select(method => Ask($"method {method}", method, File)),
        Ask("method HEAD of a folder", "HEAD", "/folder"),
        Ask("method HEAD of nothing", "HEAD", "/none"),
        Ask("method HEAD of an empty file", "HEAD", "/empty.txt"),
        Ask("method HEAD with a range", "HEAD", File, "Range: bytes=0-9"),
        Ask("method OPTIONS of all", "OPTIONS", "*"),
        Ask("method CONNECT to a host", "CONNECT", "example.org:443"),
        Ask("method POST with content", "POST", File, "Content-Length: 3", "", "abc"),
        Ask("method POST to a folder", "POST", "/folder/", "Content-Length: 0"),
        Ask("method POST to nothing", "POST", "/none", "Content-Length: 0"),
    ];

    private static IEnumerable<TableRequest> Ranges() =>
    [
        .. new[]
        {
            "bytes=0-0", "bytes=0-9", "bytes=10-19", "bytes=0-", "bytes=899-", "bytes=-1", "bytes=-9", "bytes=-900",
            "bytes=-901", "bytes=-100000", "bytes=899-899", "bytes=900-", "bytes=900-901", "bytes=0-899", "bytes=0-900",
            "bytes=0-99999", "bytes=5-4", "bytes=-0", "bytes=", "bytes=-", "bytes", "bytes=a-b", "bytes=1",
            "bytes=1-2-3",
            "bytes=--5", "bytes= 0-9", "bytes=0 - 9", "bytes=0-9 ", "bytes =0-9", "Bytes=0-9", "BYTES=0-9", "lines=0-9",
            "bytes=0-9,20-29", "bytes=0-9, 20-29", "bytes=0-9 ,20-29", "bytes=0-0,-1", "bytes=0-9,0-9",
            "bytes=20-29,0-9",
            "bytes=0-9,5-14", "bytes=0-9,900-", "bytes=900-,901-", "bytes=900-,0-9", "bytes=0-9,", "bytes=,0-9",
            "bytes=,,0-9", "bytes=0-9,x", "bytes=0-1,2-3,4-5,6-7,8-9", "bytes=0-899,0-899",
            "bytes=0-18446744073709551615",
            "bytes=0-18446744073709551616", "bytes=18446744073709551616-", "bytes=9223372036854775807-",
            "bytes=-18446744073709551616", "bytes=00000000000000000000000-9", "bytes=+0-9", "bytes=0-9;q=1",
        }.Select(range => Get($"range {range}", File, $"Range: {range}")),
        Get("range of many", File, "Range: bytes=" + string.Join(',', Enumerable.Range(0, 50).Select(i => $"{i}-{i}"))),
        Get("range of an empty file", "/empty.txt", "Range: bytes=0-"),
        Get("range of the end of an empty file", "/empty.txt", "Range: bytes=-1"),
        Get("range of a large file", "/medium.bin", "Range: bytes=100000-150000"),
        Get("range of the end of a large file", "/medium.bin", "Range: bytes=-70000"),
        Get("range of nothing", "/none", "Range: bytes=0-9"),
        Get("range of a folder", "/folder", "Range: bytes=0-9"),
        Get("range of an index", "/", "Range: bytes=0-9"),
        Get("range twice", File, "Range: bytes=0-9", "Range: bytes=10-19"),
        Ask("range of POST", "POST", File, "Range: bytes=0-9", "Content-Length: 0"),
    ];

    private static IEnumerable<TableRequest> Conditions()
    {
        string same = s_modified.ToString("R", CultureInfo.InvariantCulture);
        string before = s_modified.AddSeconds(-1).ToString("R", CultureInfo.InvariantCulture);
        string after = s_modified.AddSeconds(1).ToString("R", CultureInfo.InvariantCulture);
        string rfc850 = s_modified.ToString("dddd, dd-MMM-yy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture);
        string asctime = s_modified.ToString("ddd MMM  d HH:mm:ss yyyy", CultureInfo.InvariantCulture);
        (string Name, string[] Fields)[] rows =
        [
            ("If-None-Match the same", ["If-None-Match: {etag}"]),
            ("If-None-Match another", ["If-None-Match: \"x\""]),
            ("If-None-Match weak", ["If-None-Match: W/{etag}"]),
            ("If-None-Match list", ["If-None-Match: \"x\", {etag}, \"y\""]),
            ("If-None-Match list without spaces", ["If-None-Match: \"x\",{etag}"]),
            ("If-None-Match any", ["If-None-Match: *"]),
            ("If-None-Match without quotes", ["If-None-Match: x"]),
            ("If-None-Match empty", ["If-None-Match:"]),
            ("If-None-Match a part", ["If-None-Match: {etag}x"]),
            ("If-None-Match twice", ["If-None-Match: \"x\"", "If-None-Match: {etag}"]),
            ("If-Match the same", ["If-Match: {etag}"]),
            ("If-Match another", ["If-Match: \"x\""]),
            ("If-Match weak", ["If-Match: W/{etag}"]),
            ("If-Match any", ["If-Match: *"]),
            ("If-Match list", ["If-Match: \"x\", {etag}"]),
            ("If-Modified-Since the same", [$"If-Modified-Since: {same}"]),
            ("If-Modified-Since before", [$"If-Modified-Since: {before}"]),
            ("If-Modified-Since after", [$"If-Modified-Since: {after}"]),
            ("If-Modified-Since RFC 850", [$"If-Modified-Since: {rfc850}"]),
            ("If-Modified-Since asctime", [$"If-Modified-Since: {asctime}"]),
            ("If-Modified-Since nonsense", ["If-Modified-Since: yesterday"]),
            ("If-Modified-Since empty", ["If-Modified-Since:"]),
            ("If-Modified-Since with a length", [$"If-Modified-Since: {same}; length=900"]),
            ("If-Modified-Since epoch", ["If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT"]),
            ("If-Modified-Since future", ["If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"]),
            ("If-Unmodified-Since the same", [$"If-Unmodified-Since: {same}"]),
            ("If-Unmodified-Since before", [$"If-Unmodified-Since: {before}"]),
            ("If-Unmodified-Since after", [$"If-Unmodified-Since: {after}"]),
            ("If-Unmodified-Since nonsense", ["If-Unmodified-Since: tomorrow"]),
            ("both, tag the same", ["If-None-Match: {etag}", $"If-Modified-Since: {before}"]),
            ("both, date the same", ["If-None-Match: \"x\"", $"If-Modified-Since: {same}"]),
            ("If-Match before If-Unmodified-Since", ["If-Match: {etag}", $"If-Unmodified-Since: {before}"]),
            ("If-Match fails before If-None-Match", ["If-Match: \"x\"", "If-None-Match: {etag}"]),
            ("If-Range the same", ["Range: bytes=0-9", "If-Range: {etag}"]),
            ("If-Range another", ["Range: bytes=0-9", "If-Range: \"x\""]),
            ("If-Range weak", ["Range: bytes=0-9", "If-Range: W/{etag}"]),
            ("If-Range date", ["Range: bytes=0-9", $"If-Range: {same}"]),
            ("If-Range date before", ["Range: bytes=0-9", $"If-Range: {before}"]),
            ("If-Range date after", ["Range: bytes=0-9", $"If-Range: {after}"]),
            ("If-Range nonsense", ["Range: bytes=0-9", "If-Range: x"]),
            ("If-Range without a range", ["If-Range: {etag}"]),
            ("If-Range and a bad range", ["Range: bytes=900-", "If-Range: {etag}"]),
            ("If-Range another and a bad range", ["Range: bytes=900-", "If-Range: \"x\""]),
            ("If-None-Match and a range", ["Range: bytes=0-9", "If-None-Match: {etag}"]),
            ("If-Match fails and a range", ["Range: bytes=0-9", "If-Match: \"x\""]),
            ("If-Match and a bad range", ["Range: bytes=900-", "If-Match: {etag}"]),
        ];
        foreach ((string name, string[] fields) in rows)
        {
            yield return Get($"condition {name}", File, fields);
        }

        yield return Ask("condition HEAD If-None-Match", "HEAD", File, "If-None-Match: {etag}");
        yield return Ask("condition HEAD If-Match another", "HEAD", File, "If-Match: \"x\"");
        yield return Get("condition on nothing", "/none", "If-None-Match: *");
        yield return Get("condition on a folder", "/folder", "If-Match: \"x\"");
    }

    private static IEnumerable<TableRequest> Codings() => new[]
    {
        "gzip", "GZIP", "x-gzip", "deflate", "identity", "*", "br", "gzip, br", "br;q=1, gzip;q=0.5", "gzip;q=0",
        "gzip;q=0.0", "gzip;q=0.001", "gzip;q=1.000", "gzip ; q=1", "gzip;q=", "gzip;q=2", "identity;q=0, gzip",
        "*;q=0",
        "gzip;q=0, *", "", "gzipx", "xgzip", ",gzip", "gzip,", "deflate,gzip", "deflate, gzip, br, zstd",
    }.Select(coding => Get($"coding {Plain(coding)}", "/packed.html", $"Accept-Encoding: {coding}"))
    .Concat(
    [
        Get("coding of a file without siblings", File, "Accept-Encoding: gzip"),
        Get("coding of the sibling itself", "/packed.html.gz", "Accept-Encoding: gzip"),
        Get("coding and a range", "/packed.html", "Accept-Encoding: gzip", "Range: bytes=0-9"),
        Get("coding twice", "/packed.html", "Accept-Encoding: br", "Accept-Encoding: gzip"),
        Ask("coding of HEAD", "HEAD", "/packed.html", "Accept-Encoding: gzip"),
    ]);

    private static IEnumerable<TableRequest> Hosts() => new[]
    {
        ("of the site", "Host: {host}"), ("with a port", "Host: {host}:8080"), ("with an empty port", "Host: {host}:"),
        ("in capitals", "Host: DOCS.LOCALHOST"), ("with a final dot", "Host: {host}."), ("without blank",
        "Host:{host}"),
        ("with blanks", "Host: \t {host} \t"), ("in other letters", "hOsT: {host}"), ("missing", "X: y"),
        ("empty", "Host:"), ("twice the same", "Host: {host}\r\nHost: {host}"), ("twice",
        "Host: {host}\r\nHost: other"),
        ("with a slash", "Host: {host}/x"), ("with a blank", "Host: {host} other"), ("with a scheme",
        "Host: http://{host}"),
        ("with user", "Host: a@{host}"), ("with a bad port", "Host: {host}:http"), ("an address", "Host: 127.0.0.1"),
        ("an IPv6 address", "Host: [::1]"), ("another", "Host: other"), ("with a comma", "Host: {host},other"),
        ("with a percent sign", "Host: docs%2Elocalhost"), ("two dots", "Host: docs..localhost"),
    }.Select(row => new TableRequest($"host {row.Item1}", $"GET {File} HTTP/1.1\r\n{row.Item2}\r\n\r\n"));

    private static IEnumerable<TableRequest> Versions() =>
    [
        new("version 1.0", $"GET {File} HTTP/1.0\r\nHost: {{host}}\r\n\r\n"),
        new("version 1.0 keep-alive", $"GET {File} HTTP/1.0\r\nHost: {{host}}\r\nConnection: keep-alive\r\n\r\n"),
        new("version 1.0 without host", $"GET {File} HTTP/1.0\r\n\r\n"),
        new("version 1.0 range", $"GET {File} HTTP/1.0\r\nHost: {{host}}\r\nRange: bytes=0-9\r\n\r\n"),
        new("version 1.2", $"GET {File} HTTP/1.2\r\nHost: {{host}}\r\n\r\n"),
        new("version 1.9", $"GET {File} HTTP/1.9\r\nHost: {{host}}\r\n\r\n"),
        new("version 2.0", $"GET {File} HTTP/2.0\r\nHost: {{host}}\r\n\r\n"),
        new("version 3.0", $"GET {File} HTTP/3.0\r\nHost: {{host}}\r\n\r\n"),
        new("version 0.9 with version", $"GET {File} HTTP/0.9\r\nHost: {{host}}\r\n\r\n"),
        new("version 0.9", $"GET {File}\r\n\r\n"),
        new("version 1", $"GET {File} HTTP/1\r\nHost: {{host}}\r\n\r\n"),
        new("version 1.", $"GET {File} HTTP/1.\r\nHost: {{host}}\r\n\r\n"),
        new("version 1.10", $"GET {File} HTTP/1.10\r\nHost: {{host}}\r\n\r\n"),
        new("version http", $"GET {File} http/1.1\r\nHost: {{host}}\r\n\r\n"),
        new("version none", $"GET {File} \r\nHost: {{host}}\r\n\r\n"),
        new("version of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Get("connection close", File, "Connection: close"),
        Get("connection keep-alive", File, "Connection: keep-alive"),
        Get("connection CLOSE", File, "Connection: CLOSE"),
        Get("connection list", File, "Connection: x, close"),
        Get("connection twice", File, "Connection: x", "Connection: close"),
        Get("connection upgrade", File, "Connection: Upgrade", "Upgrade: websocket"),
        Get("connection upgrade to HTTP/2", File, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"),
    ];

    private static IEnumerable<TableRequest> Contents() =>
    [
        Get("content of GET", File, "Content-Length: 3", "", "abc"),
        Get("content in chunks of GET", File, "Transfer-Encoding: chunked", "", "3\r\nabc\r\n0\r\n"),
        Get("content Expect", File, "Expect: 100-continue"),
        Get("content Expect nonsense", File, "Expect: nonsense"),
        Get("content length 0", File, "Content-Length: 0"),
        Get("content length +3", File, "Content-Length: +3", "", "abc"),
        Get("content length -1", File, "Content-Length: -1"),
        Get("content length x", File, "Content-Length: x"),
        Get("content length empty", File, "Content-Length:"),
        Get("content length 0x3", File, "Content-Length: 0x3", "", "abc"),
        Get("content length 3 3", File, "Content-Length: 3 3", "", "abc"),
        Get("content length 3, 3", File, "Content-Length: 3, 3", "", "abc"),
        Get("content length twice the same", File, "Content-Length: 3", "Content-Length: 3", "", "abc"),
        Get("content length twice", File, "Content-Length: 3", "Content-Length: 4", "", "abcd"),
        Get("content length too large", File, "Content-Length: 99999999999999999999999"),
        Get("content length and chunks", File, "Content-Length: 3", "Transfer-Encoding: chunked", "", "0\r\n"),
        Get("content chunks and length", File, "Transfer-Encoding: chunked", "Content-Length: 3", "", "0\r\n"),
        Get("content coding unknown", File, "Transfer-Encoding: x", "", "0\r\n"),
        Get("content coding gzip, chunked", File, "Transfer-Encoding: gzip, chunked", "", "0\r\n"),
        Get("content coding chunked, gzip", File, "Transfer-Encoding: chunked, gzip", "", "0\r\n"),
        Get("content coding chunked, chunked", File, "Transfer-Encoding: chunked, chunked", "", "0\r\n"),
        Get("content coding identity", File, "Transfer-Encoding: identity"),
        Get("content coding empty", File, "Transfer-Encoding:"),
        Get("content coding in capitals", File, "Transfer-Encoding: CHUNKED", "", "0\r\n"),
        new("content in chunks of 1.0",
            $"GET {File} HTTP/1.0\r\nHost: {{host}}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ];

    private static IEnumerable<TableRequest> BadRequests() =>
    [
        new("bad garbage", "GARBAGE\r\n\r\n"),
        new("bad binary", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n"),
        new("bad only a method", "GET\r\n\r\n"),
        new("bad only blanks", "   \r\n\r\n"),
        new("bad empty lines", $"\r\n\r\n\r\nGET {File} HTTP/1.1\r\nHost: {{host}}\r\n\r\n"),
        new("bad an empty line before", $"\r\nGET {File} HTTP/1.1\r\nHost: {{host}}\r\n\r\n"),
        new("bad blank before", $" GET {File} HTTP/1.1\r\nHost: {{host}}\r\n\r\n"),
        new("bad two blanks", $"GET  {File} HTTP/1.1\r\nHost: {{host}}\r\n\r\n"),
        new("bad blank at the end", $"GET {File} HTTP/1.1 \r\nHost: {{host}}\r\n\r\n"),
        new("bad tab", $"GET\t{File}\tHTTP/1.1\r\nHost: {{host}}\r\n\r\n"),
        new("bad blank in target", "GET /a b.txt HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        new("bad control in target", "GET /a\u0001b HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        new("bad NUL in target", "GET /a\0b HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        new("bad fragment in target", $"GET {File}#a HTTP/1.1\r\nHost: {{host}}\r\n\r\n"),
        new("bad method character", $"G(T {File} HTTP/1.1\r\nHost: {{host}}\r\n\r\n"),
        new("bad bare LF", $"GET {File} HTTP/1.1\nHost: {{host}}\n\n"),
        new("bad bare LF after a field", $"GET {File} HTTP/1.1\r\nHost: {{host}}\nX: y\r\n\r\n"),
        new("bad bare CR", $"GET {File} HTTP/1.1\r\nHost: {{host}}\rX: y\r\n\r\n"),
        Get("bad folded line", File, "X: a", " b"),
        Get("bad folded line first", File, " X: a"),
        Get("bad blank before the colon", File, "X : a"),
        Get("bad no colon", File, "X"),
        Get("bad empty name", File, ": a"),
        Get("bad name with a blank", File, "X Y: a"),
        Get("bad name with a control", File, "X\u0001: a"),
        Get("bad name with brackets", File, "X(): a"),
        Get("bad name with an underscore", File, "X_Y: a"),
        Get("bad name not ASCII", File, "X\u00E9: a"),
        Get("bad NUL in a value", File, "X: a\0b"),
        Get("bad control in a value", File, "X: a\u0001b"),
        Get("bad Latin-1 in a value", File, "X: \u00E9"),
        Get("bad UTF-8 in a value", File, "X: \u00C3\u00BC"),
        Get("bad empty value", File, "X:"),
        Get("bad fields: 50", File, [.. Enumerable.Range(0, 50).Select(i => $"X{i}: y")]),
        Get("bad fields: 1000", File, [.. Enumerable.Range(0, 1000).Select(i => $"X{i}: y")]),
        Get("bad field of 7000 bytes", File, "X: " + new string('y', 7000)),
        Get("bad field of 40000 bytes", File, "X: " + new string('y', 40_000)),
        Get("bad target of 40000 bytes", "/" + new string('a', 40_000)),
        Get("bad name of 40000 bytes", File, new string('y', 40_000) + ": x"),
        new("bad method of 40000 bytes", new string('G', 40_000) + " / HTTP/1.1\r\n\r\n"),
    ];
}
