// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>The limits of the fault diagnostics, each with its reason. An image's debug information is as hostile as
/// the image: the limits bound the time and memory that one report can cost.</summary>
public static class DiagnosticLimits
{
    /// <summary>Most frames of a stack trace: more is recursion, and the first frames tell which.</summary>
    public const int FrameCountMax = 64;

    /// <summary>Most bytes of one debug section that are read: real guests have a few MiB.</summary>
    public const int SectionMaxBytes = 64 << 20;

    /// <summary>Most ranges that the line table keeps: the largest guests have some hundred thousand.</summary>
    public const int LineRangeCountMax = 1 << 20;

    /// <summary>Most file and directory names that the line table keeps.</summary>
    public const int FileNameCountMax = 1 << 18;

    /// <summary>Most functions whose frame descriptions are kept.</summary>
    public const int FrameDescriptionCountMax = 1 << 18;

    /// <summary>Most common entries of the call frame information: a linker keeps about one per object file.</summary>
    public const int FrameCommonCountMax = 4096;

    /// <summary>Most bytes of one entry of the call frame information: real ones have less than two hundred.</summary>
    public const int FrameEntryMaxBytes = 16 * 1024;

    /// <summary>Deepest nesting of remembered states in a frame program: compilers use one.</summary>
    public const int RememberedStateCountMax = 8;

    /// <summary>Most characters of a file name in a report.</summary>
    public const int FileNameMaxLength = 400;
}
