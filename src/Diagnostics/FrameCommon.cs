// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>A common entry (CIE) of the call frame information (DWARF 5, section 6.4.1).</summary>
internal sealed class FrameCommon
{
    /// <summary>code_alignment_factor.</summary>
    public ulong CodeFactor { get; init; }

    /// <summary>data_alignment_factor.</summary>
    public long DataFactor { get; init; }

    /// <summary>Encoding of code addresses in its function entries.</summary>
    public byte PointerEncoding { get; init; }

    /// <summary>Whether its function entries have augmentation data.</summary>
    public bool HasAugmentationData { get; init; }

    /// <summary>Whether its functions are signal frames: the return address is the interrupted instruction itself.
    /// </summary>
    public bool IsSignalFrame { get; init; }

    /// <summary>Offset of the initial instructions in the section.</summary>
    public int ProgramOffset { get; init; }

    /// <summary>Bytes of the initial instructions.</summary>
    public int ProgramBytes { get; init; }
}
