// SPDX-License-Identifier: MIT

/// <summary>What a byte of a telnet connection brings about.</summary>
internal enum TelnetEvent
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>A line is there.</summary>
    Line,

    /// <summary>A line ended that was too long to keep.</summary>
    LongLine,

    /// <summary>The peer has to be answered.</summary>
    Reply,
}
