// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>How far a parser came.</summary>
public enum ParseOutcome
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>All is there and well-formed.</summary>
    Complete,

    /// <summary>It is malformed or too large; what comes behind it on the connection has no meaning any more.</summary>
    Bad,
}
