// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>What a page of the heap is used for. Zero is the state of memory that nothing has touched.</summary>
internal enum PageKind : byte
{
    /// <summary>Behind the frontier: never used, known to be zero.</summary>
    Untouched = 0,

    /// <summary>First or last page of a free run.</summary>
    Free = 1,

    /// <summary>First page of a run that is one allocation.</summary>
    Run = 2,

    /// <summary>First page of a run that is cut into blocks of one size.</summary>
    Slab = 3,

    /// <summary>A further page of a slab.</summary>
    SlabTail = 4,
}
