// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>What a SYN cookie and the timestamp beside it keep of a SYN's options.</summary>
internal struct SynCookieContent
{
    /// <summary>The peer's MSS, rounded down to one that a cookie can hold.</summary>
    public ushort Mss;

    /// <summary>The peer's window scale, or -1.</summary>
    public sbyte WindowScale;

    /// <summary>The peer permits SACK.</summary>
    public bool IsSackPermitted;
}
