// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>Which direction of a connection ends, with the numbers of Linux.</summary>
public enum ShutdownHow
{
    /// <summary>No more reading (SHUT_RD).</summary>
    Read = 0,

    /// <summary>No more writing (SHUT_WR).</summary>
    Write = 1,

    /// <summary>Neither (SHUT_RDWR).</summary>
    Both = 2,
}
