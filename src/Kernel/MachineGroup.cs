// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Threading;

namespace Denali.Kernel;

/// <summary>VMs that have a limit in common: of one customer, or one experiment.</summary>
/// <remarks>Any thread. VMs belong to a group as long as they exist, wherever their memory is.</remarks>
public sealed class MachineGroup
{
    private readonly Lock _lock = new();
    private int _machines;
    private ulong _memory;

    /// <summary>Makes a group without VMs.</summary>
    /// <param name="name">What refusals call it.</param>
    /// <param name="machineLimit">Most VMs at a time.</param>
    /// <param name="memoryLimitBytes">Most memory that they may be charged for together. A VM that asks for more ends
    /// as out of memory; the others go on.</param>
    public MachineGroup(string name, int machineLimit, ulong memoryLimitBytes = ulong.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegative(machineLimit);
        Name = name;
        MachineLimit = machineLimit;
        MemoryLimitBytes = memoryLimitBytes;
    }

    /// <summary>What refusals call it.</summary>
    public string Name { get; }

    /// <summary>Most VMs at a time.</summary>
    public int MachineLimit { get; }

    /// <summary>Most memory that they may be charged for together, in bytes.</summary>
    public ulong MemoryLimitBytes { get; }

    /// <summary>VMs in it.</summary>
    public int MachineCount => Volatile.Read(ref _machines);

    /// <summary>Memory that they are charged for, in bytes.</summary>
    public ulong ChargedBytes => Volatile.Read(ref _memory);

    /// <summary>Lets a new VM in.</summary>
    /// <param name="bytes">What it is charged for at once.</param>
    /// <param name="refusal">Why not, with the cure.</param>
    internal bool TryAdmit(ulong bytes, out string refusal)
    {
        lock (_lock)
        {
            if (_machines >= MachineLimit)
            {
                refusal = string.Create(
                    CultureInfo.InvariantCulture,
                    $"the group '{Name}' has {MachineLimit} VMs, which is its most: "
                    + $"end one of them, or raise its limit");
                return false;
            }

            if (bytes > MemoryLimitBytes - _memory)
            {
                refusal = string.Create(
                    CultureInfo.InvariantCulture,
                    $"the group '{Name}' has used up its memory ({MemoryLimitBytes >> 20} MiB): "
                    + $"end one of its VMs, or raise its limit");
                return false;
            }

            _machines++;
            _memory += bytes;
            refusal = "";
            return true;
        }
    }

    /// <summary>Charges it for more memory of a VM.</summary>
    /// <returns>False if it may not have as much.</returns>
    internal bool TryCharge(ulong bytes)
    {
        lock (_lock)
        {
            bool isLeft = bytes <= MemoryLimitBytes - _memory;
            _memory += isLeft ? bytes : 0;
            return isLeft;
        }
    }

    /// <summary>Takes a charge back.</summary>
    internal void Uncharge(ulong bytes)
    {
        lock (_lock)
        {
            _memory -= bytes;
        }
    }

    /// <summary>A VM is gone.</summary>
    /// <param name="bytes">All that it was charged for.</param>
    internal void Release(ulong bytes)
    {
        lock (_lock)
        {
            _machines--;
            _memory -= bytes;
        }
    }
}
