// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>First argument of <see cref="Instruction.Fault"/>: why the guest gave up. Append-only; others are
/// allowed.</summary>
public enum FaultCode : uint
{
    /// <summary>The guest panicked: an assertion, an exception, a broken invariant.</summary>
    Panic = 1,

    /// <summary>The guest's own allocator has nothing left.</summary>
    OutOfMemory = 2,

    /// <summary>The guest cannot run on this version or with these devices.</summary>
    Unsupported = 3,
}
