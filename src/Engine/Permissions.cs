// SPDX-License-Identifier: MIT
using System;

namespace Denali.Engine;

/// <summary>What a guest may do with a region of its memory. Reading is always allowed.</summary>
[Flags]
public enum Permissions
{
    /// <summary>Read only.</summary>
    Read = 0,

    /// <summary>Write.</summary>
    Write = 1,

    /// <summary>Execute.</summary>
    Execute = 2,
}
