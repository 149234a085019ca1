// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Denali.Kvm;

/// <summary>The I/O ports through which this engine's code in the VM reaches the kernel.</summary>
/// <remarks>
/// The I/O permission bitmap opens only <see cref="Instructions"/> and the seven ports after it to guest code; the
/// others are used by the supervisor stubs. So a guest can forge a virtual instruction, which harms nobody, but not a
/// fault.
/// </remarks>
internal static class ExitPort
{
    /// <summary>Port of instruction 0; the others follow.</summary>
    internal const byte Instructions = 0x10;

    /// <summary>How many ports from <see cref="Instructions"/> on are open to guests.</summary>
    internal const byte InstructionCount = 8;

    /// <summary>Port of exception vector 0; the others follow.</summary>
    internal const byte Exceptions = 0x80;

    internal const byte ExceptionCount = 32;

    /// <summary>The stub behind the syscall instruction.</summary>
    internal const byte SystemCall = 0xA0;

    internal static byte Of(Instruction instruction) => (byte)(Instructions + (byte)instruction);
}
