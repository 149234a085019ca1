// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>
/// Where the console's two byte rings lie inside the register page. They share its page so that a VM that only prints
/// dirties one page less.
/// </summary>
public static class ConsoleLayout
{
    /// <summary>Offset of the input ring's header.</summary>
    public const int InputHeader = 0x400;

    /// <summary>Offset of the output ring's header.</summary>
    public const int OutputHeader = 0x480;

    /// <summary>Offset of the input ring's bytes.</summary>
    public const int InputData = 0x600;

    /// <summary>Bytes in the input ring.</summary>
    public const uint InputBytes = 512;

    /// <summary>Offset of the output ring's bytes.</summary>
    public const int OutputData = 0x800;

    /// <summary>Bytes in the output ring.</summary>
    public const uint OutputBytes = 2048;

    /// <summary>The console output ring, at offsets from the start of the register page.</summary>
    public static RingLayout Output => new(OutputHeader, OutputData, 1, OutputBytes);

    /// <summary>The console input ring, at offsets from the start of the register page.</summary>
    public static RingLayout Input => new(InputHeader, InputData, 1, InputBytes);
}
