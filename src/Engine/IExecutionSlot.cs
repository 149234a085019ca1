// SPDX-License-Identifier: MIT
using System;

namespace Denali.Engine;

/// <summary>
/// A virtual processor with a window of guest memory, in which one VM at a time runs. Slots cost far more than VMs:
/// they are a cache.
/// </summary>
/// <remarks>Used by one thread at a time; it may move between threads when it is not entered.</remarks>
public interface IExecutionSlot : IDisposable
{
    /// <summary>Memory size of the VMs that can be bound to it.</summary>
    ulong MemoryBytes { get; }

    /// <summary>What the guest's TSC reads minus what the host's reads.</summary>
    long TscOffset { get; }

    /// <summary>The bound VM's memory, as the kernel reaches it.</summary>
    GuestMemory Memory { get; }

    /// <summary>
    /// Binds the slot to a base: memory is the base's, all that an earlier VM left is gone, and the registers are such
    /// that the next <see cref="Enter"/> starts the base's entry with the stack pointer at the end of memory and the
    /// argument block's address in rdi.
    /// </summary>
    /// <param name="memoryBase">A base of this engine with the slot's memory size.</param>
    /// <exception cref="EngineException">The host refused.</exception>
    void Bind(IMemoryBase memoryBase);

    /// <summary>Gives all memory of the bound VM back to the host. The slot is then bound to nothing.</summary>
    void Unbind();

    /// <summary>
    /// Runs the VM until something happens. Returns at once, as interrupted, if the thread's kick signal is pending.
    /// Allocates nothing.
    /// </summary>
    /// <returns>What happened.</returns>
    EngineExit Enter();

    /// <summary>
    /// Commits the chunk around an address (see <see cref="Hardware.AddressMap.ChunkBytes"/>): the guest may use its
    /// heap and stack pages from now on.
    /// </summary>
    /// <param name="address">Any guest address.</param>
    /// <returns>Bytes that became usable, or 0 if there is nothing to commit: the page is outside heap and stacks, a
    /// guard, or was there already.</returns>
    uint Commit(ulong address);

    /// <summary>Whether the guest itself could access a range at this moment.</summary>
    /// <param name="address">First address.</param>
    /// <param name="bytes">Length in bytes.</param>
    /// <param name="write">Whether it must be writable.</param>
    /// <returns>True if every page is mapped, and writable where asked.</returns>
    bool IsAccessible(ulong address, ulong bytes, bool write);

    /// <summary>Reads the general registers; the VM is not running. Not for the normal path: it is a system
    /// call.</summary>
    /// <returns>The registers.</returns>
    GuestRegisters ReadRegisters();

    /// <summary>Sets the general registers of a VM that was interrupted.</summary>
    /// <param name="registers">The registers.</param>
    void WriteRegisters(in GuestRegisters registers);

    /// <summary>After an exit of kind fault: what the processor reported, with the registers of the guest.</summary>
    /// <returns>The fault.</returns>
    EngineFault ReadFault();
}
