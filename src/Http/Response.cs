// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>What follows the head of a response.</summary>
public struct Response
{
    /// <summary>The status.</summary>
    public HttpStatus Status;

    /// <summary>The file that the response is made of is open; whoever sends it releases it.</summary>
    public bool HasFile;

    /// <summary>The file.</summary>
    public ContentEntry File;

    /// <summary>The ranges to send: one of the whole file at least, if there is anything to send.</summary>
    public RangeList Ranges;

    /// <summary>Every range has a head before it, and a line stands at the end (multipart/byteranges).</summary>
    public bool IsMultipart;

    /// <summary>What parts are told apart by.</summary>
    public ulong Boundary;

    /// <summary>The media type of the file, for the heads of parts.</summary>
    public int MediaType;

    /// <summary>Bytes of the content, as the head says.</summary>
    public long ContentBytes;
}
