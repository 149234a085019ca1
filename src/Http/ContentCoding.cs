// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>The content codings in which a file may lie beside itself, compressed (RFC 9110 section 8.4.1).</summary>
public enum ContentCoding : byte
{
    /// <summary>As it is.</summary>
    Identity,

    /// <summary>gzip (RFC 1952), in a file with ".gz" at the end of its name.</summary>
    Gzip,

    /// <summary>Brotli (RFC 7932), in a file with ".br" at the end of its name.</summary>
    Brotli,
}
