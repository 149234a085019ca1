// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Memory;

/// <summary>What the execution slots, and the VMs that have none, take.</summary>
/// <param name="Slots">Slots that exist.</param>
/// <param name="SlotLimit">Most slots.</param>
/// <param name="Binds">How often a VM without a slot was given one.</param>
/// <param name="Parks">How often a VM gave up its slot.</param>
/// <param name="ParkedPages">Pages that the VMs which did so had of their own, added up.</param>
/// <param name="ParkedBytes">What is kept of the VMs that are parked now, in bytes.</param>
public readonly record struct SlotUsage(
    int Slots, int SlotLimit, ulong Binds, ulong Parks, ulong ParkedPages, ulong ParkedBytes);
