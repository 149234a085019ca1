// SPDX-License-Identifier: MIT
using System;

namespace Denali.Engine;

/// <summary>
/// What runs guests natively and isolated. The kernel knows nothing else of the machine's virtualization.
/// </summary>
/// <remarks>All methods may be called from any thread, at the same time.</remarks>
public interface IExecutionEngine : IDisposable
{
    /// <summary>Short name for messages, such as "kvm".</summary>
    string Name { get; }

    /// <summary>Highest x86-64 level that guests may use: 2 or 3.</summary>
    uint ProcessorLevel { get; }

    /// <summary>Frequency of the time stamp counter that guests read, in kHz.</summary>
    uint TscKhz { get; }

    /// <summary>Makes a memory base.</summary>
    /// <param name="description">The address space.</param>
    /// <returns>The base; the caller disposes it.</returns>
    /// <exception cref="EngineException">The host has no memory or descriptors left.</exception>
    IMemoryBase CreateBase(BaseDescription description);

    /// <summary>Makes a memory base of what a VM had become. Whatever the reader throws is passed on.</summary>
    /// <param name="description">The address space of its image.</param>
    /// <param name="state">Its memory.</param>
    /// <returns>The base, whose VMs start at the resume entry; the caller disposes it.</returns>
    /// <exception cref="EngineException">The host has no memory or descriptors left.</exception>
    IMemoryBase CreateBase(BaseDescription description, BaseState state);

    /// <summary>Makes a slot, bound to nothing. Takes milliseconds: keep slots and reuse them.</summary>
    /// <param name="memoryBytes">Memory size of the VMs that can be bound to it.</param>
    /// <returns>The slot; the caller disposes it.</returns>
    /// <exception cref="EngineException">The host has no memory or descriptors left.</exception>
    IExecutionSlot CreateSlot(ulong memoryBytes);
}
