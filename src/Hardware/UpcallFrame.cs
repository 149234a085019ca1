// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Hardware;

/// <summary>
/// What the kernel pushes below the red zone (128 bytes) of an interrupted guest before it starts the upcall entry;
/// the stack pointer then points at it, 16-byte aligned. All other registers keep the interrupted values: the entry
/// must save and restore them.
/// </summary>
/// <remarks>The layout is that of an x86-64 interrupt frame, so the return is one instruction in user mode.</remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
public struct UpcallFrame
{
    /// <summary>Size of the structure in bytes.</summary>
    public const int SizeOf = 40;

    /// <summary>Bytes below the stack pointer that the calling convention lets a leaf function use.</summary>
    public const uint RedZoneBytes = 128;

    /// <summary>Code segment selector of every guest, on every engine: that of Linux's own 64-bit user code.</summary>
    public const ulong CodeSelector = 0x33;

    /// <summary>Stack segment selector of every guest, on every engine.</summary>
    public const ulong StackSelector = 0x2B;

    /// <summary>Where the guest was interrupted.</summary>
    [FieldOffset(0)] public ulong InstructionPointer;

    /// <summary>Code segment selector.</summary>
    [FieldOffset(8)] public ulong CodeSegment;

    /// <summary>Flags at the interruption.</summary>
    [FieldOffset(16)] public ulong Flags;

    /// <summary>Stack pointer at the interruption.</summary>
    [FieldOffset(24)] public ulong StackPointer;

    /// <summary>Stack segment selector.</summary>
    [FieldOffset(32)] public ulong StackSegment;
}
