// SPDX-License-Identifier: MIT
namespace Denali.Engine;

/// <summary>The general registers of a virtual processor.</summary>
public struct GuestRegisters
{
    /// <summary>Register rax.</summary>
    public ulong Rax;

    /// <summary>Register rbx.</summary>
    public ulong Rbx;

    /// <summary>Register rcx.</summary>
    public ulong Rcx;

    /// <summary>Register rdx.</summary>
    public ulong Rdx;

    /// <summary>Register rsi.</summary>
    public ulong Rsi;

    /// <summary>Register rdi.</summary>
    public ulong Rdi;

    /// <summary>Register rsp.</summary>
    public ulong Rsp;

    /// <summary>Register rbp.</summary>
    public ulong Rbp;

    /// <summary>Register r8.</summary>
    public ulong R8;

    /// <summary>Register r9.</summary>
    public ulong R9;

    /// <summary>Register r10.</summary>
    public ulong R10;

    /// <summary>Register r11.</summary>
    public ulong R11;

    /// <summary>Register r12.</summary>
    public ulong R12;

    /// <summary>Register r13.</summary>
    public ulong R13;

    /// <summary>Register r14.</summary>
    public ulong R14;

    /// <summary>Register r15.</summary>
    public ulong R15;

    /// <summary>Instruction pointer.</summary>
    public ulong Rip;

    /// <summary>Flags.</summary>
    public ulong Rflags;
}
