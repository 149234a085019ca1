// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>Methods (RFC 9110 section 9.3), as far as a server of files tells them apart.</summary>
public enum HttpMethod : byte
{
    /// <summary>Another one: it is answered with 405.</summary>
    Other,

    /// <summary>GET.</summary>
    Get,

    /// <summary>HEAD.</summary>
    Head,

    /// <summary>OPTIONS.</summary>
    Options,
}
