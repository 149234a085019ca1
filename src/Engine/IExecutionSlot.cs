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
    /// <param name="isResumed">The VM idled before: it starts at the resume entry when its memory has been put
    /// back.</param>
    /// <exception cref="EngineException">The host refused.</exception>
    void Bind(IMemoryBase memoryBase, bool isResumed = false);

    /// <summary>
    /// Takes all that the bound VM left out of the memory. The slot is then bound to nothing, and is best bound to the
    /// same base again: it may keep pages for that, with the base's contents.
    /// </summary>
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

    /// <summary>What was committed since the slot was bound, beyond what its base has.</summary>
    ChunkMap Commits { get; }

    /// <summary>Commits a chunk that <see cref="Commits"/> had before the VM was taken out of its slot.</summary>
    /// <param name="chunk">Its number.</param>
    void CommitAgain(int chunk);

    /// <summary>
    /// Finds the pages in which the bound VM's memory may differ from its base: those that were written since it was
    /// bound, by the guest or by the kernel.
    /// </summary>
    /// <param name="from">First page to look at, counted from address 0.</param>
    /// <param name="pages">Gets their numbers, ascending.</param>
    /// <returns>How many; as many as <paramref name="pages"/> holds if there may be more behind the last.</returns>
    /// <exception cref="EngineException">The host refused.</exception>
    int FindPrivatePages(uint from, Span<uint> pages);

    /// <summary>
    /// Makes a base of the bound VM's memory, which starts at the resume entry. The VM must have left with the idle or
    /// the ready instruction; it stays as it is.
    /// </summary>
    /// <param name="chargedBytes">What a VM made of the base is charged for at once.</param>
    /// <returns>The base; the caller disposes it.</returns>
    /// <exception cref="EngineException">The host has no memory or descriptors left.</exception>
    IMemoryBase Capture(ulong chargedBytes);

    /// <summary>Length of what <see cref="TrySaveProcessor"/> writes.</summary>
    int ProcessorStateBytes { get; }

    /// <summary>
    /// Copies all registers of a VM that has left and goes on: after an instruction, behind it. It can be entered again
    /// as if nothing had been.
    /// </summary>
    /// <param name="state">Gets them; <see cref="ProcessorStateBytes"/> long.</param>
    /// <returns>False if it is not in the middle of its own code, but on its way to an exit.</returns>
    bool TrySaveProcessor(Span<byte> state);

    /// <summary>Puts back what <see cref="TrySaveProcessor"/> copied, after <see cref="Bind"/>.</summary>
    /// <param name="state">The registers.</param>
    void RestoreProcessor(ReadOnlySpan<byte> state);

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
