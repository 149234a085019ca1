// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Sites.Tests.Compared;

/// <summary>In what Denali means to differ from nginx. docs/notes/http-compared.md has the reasons.</summary>
internal static class AcceptedDifferences
{
    private static readonly AcceptedDifference[] s_both =
    [
        new("media types", "path /code.js", "Content-Type", "application/javascript", "text/javascript"),
        new("media types", "path /packed.html.gz | coding of the sibling itself",
            "Content-Type", "application/octet-stream", "application/gzip"),
        new("Accept-Ranges with a part", "*", "Accept-Ranges", "(none)", "bytes"),
        new("OPTIONS", "method OPTIONS*", "status", "*", "204"),
        new("HEAD with a range", "method HEAD with a range", "status", "206", "200"),
        new("method before path", "method POST to nothing", "status", "404", "405"),
        new("malformed ranges", "range bytes=*", "status", "416", "200"),
        new("malformed ranges", "range bytes=0 - 9", "status", "206", "200"),
        new("empty list elements", "range bytes=0-9, | range bytes=,0-9 | range bytes=,,0-9", "status", "416", "206"),
        new("many ranges", "range of many", "status", "206", "200"),
        new("ranges of nothing", "range of an empty file | range of the end of an empty file", "status", "200", "416"),
        new("text behind a tag", "condition If-None-Match a part", "status", "200", "304"),
        new("dates that are later", "condition If-Modified-Since after | condition If-Modified-Since future",
            "status", "200", "304"),
        new("dates with a length", "condition If-Modified-Since with a length", "status", "304", "200"),
        new("dates that are none", "condition If-Unmodified-Since nonsense", "status", "412", "200"),
        new("precedence", "condition both, tag the same", "status", "200", "304"),
        new("precedence", "condition If-Match before If-Unmodified-Since", "status", "412", "200"),
        new("names of gzip", "coding x-gzip | coding any", "*", "*", "*"),
        new("ranges of compressed files", "coding and a range", "status", "200", "206"),
        new("blanks around a host", "host with blanks", "status", "400", "200"),
        new("what a host may be", "host with user | host with a comma", "status", "200", "400"),
        new("versions", "version 0.9 with version | version of HTTP/2", "status", "400", "*"),
        new("versions", "version 0.9", "status", "0", "*"),
        new("versions", "version none", "status", "0", "400"),
        new("versions", "version 1.10", "status", "200", "400"),
        new("Expect", "content Expect nonsense", "status", "200", "417"),
        new("strict syntax", "bad two blanks | bad blank at the end | bad fragment in target | bad no colon",
            "status", "200", "400"),
        new("strict syntax", "bad name not ASCII | bad control in a value", "status", "200", "400"),
        new("431", "bad fields: 1000 | bad field of 40000 bytes | bad name of 40000 bytes", "status", "400", "431"),
        new("other schemes", "path ftp://*", "status", "200", "400"),
    ];

    /// <summary>Those of the web guest.</summary>
    internal static IReadOnlyList<AcceptedDifference> OfTheGuest { get; } =
    [
        .. s_both,
        new("methods in small letters", "method get | method Head", "status", "400", "405"),
        new("CONNECT", "method CONNECT to a host", "status", "400", "405"),
        new("fields twice", "range twice", "status", "206", "400"),
        new("what a host may be", "host empty | host two dots", "status", "400", "200"),
        new("strict syntax", "bad empty lines | bad bare LF* | bad name with brackets", "status", "200", "400"),
    ];

    /// <summary>Those of the web guest behind the ingress.</summary>
    internal static IReadOnlyList<AcceptedDifference> OfTheIngress { get; } =
    [
        .. s_both,
        new("fields twice", "range twice", "status", "206", "200"),
        new("lists in two lines", "condition If-None-Match twice", "status", "400", "304"),
        new("lists in two lines", "coding twice", "*", "*", "*"),
        new("bytes above ASCII in a target", "path /\u00C3\u00BC.txt | path /\u00FC.txt", "status", "*", "400"),
        new("forms of targets", "path any | path file.txt", "status", "400", "405"),
        new("forms of targets", "path HTTP://* | path http://other/*", "status", "200", "400"),
        new("sites are found by host",
            "host an address | host an IPv6 address | host another | version 1.0 without host",
            "status", "200", "404"),
        new("sites are found by host", "host empty | host two dots", "status", "400", "404"),
        new("what a host may be", "host with an empty port | host with a bad port | host with a percent sign",
            "status", "200", "400"),
        new("versions", "version 1.2 | version 1.9", "status", "200", "505"),
        new("versions", "version 1. | version http", "status", "400", "505"),
        new("versions", "version of HTTP/2", "content", "whole", "cut off"),
        new("transfer codings", "content coding *", "status", "501", "400"),
        new("framed anew", "content length +3 | bad name with a control", "status", "400", "200"),
    ];
}
