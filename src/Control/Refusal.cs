// SPDX-License-Identifier: MIT
namespace Denali.Control;

/// <summary>Why a command was refused.</summary>
public enum Refusal
{
    /// <summary>It makes no sense.</summary>
    Invalid,

    /// <summary>There is nothing of that name.</summary>
    NotFound,

    /// <summary>What it is about is not in a state for it.</summary>
    Conflict,
}
