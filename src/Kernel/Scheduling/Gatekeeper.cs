// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Threading;

namespace Denali.Kernel.Scheduling;

/// <summary>Lets VMs in as long as there are not too many, and memory.</summary>
public sealed class Gatekeeper : IGatekeeper
{
    private readonly Lock _lock = new();
    private readonly int _machineLimit;
    private readonly ulong _memoryLimit;
    private int _machines;
    private ulong _memory;

    /// <summary>Makes a gatekeeper.</summary>
    /// <param name="machineLimit">Most VMs at a time, parked ones included.</param>
    /// <param name="memoryLimitBytes">Most memory that all VMs together may be charged for.</param>
    public Gatekeeper(int machineLimit, ulong memoryLimitBytes)
    {
        _machineLimit = machineLimit;
        _memoryLimit = memoryLimitBytes;
    }

    /// <inheritdoc/>
    public bool TryAdmit(ulong bytes, out string refusal)
    {
        lock (_lock)
        {
            if (_machines == _machineLimit)
            {
                refusal = string.Create(
                    CultureInfo.InvariantCulture,
                    $"there are {_machineLimit} VMs, which is the most: end other VMs first");
                return false;
            }

            if (!TryTake(bytes))
            {
                refusal = string.Create(
                    CultureInfo.InvariantCulture,
                    $"the VMs' memory is used up ({_memoryLimit >> 20} MiB): end other VMs first");
                return false;
            }

            _machines++;
            refusal = string.Empty;
            return true;
        }
    }

    /// <inheritdoc/>
    public bool TryCharge(ulong bytes)
    {
        lock (_lock)
        {
            return TryTake(bytes);
        }
    }

    /// <inheritdoc/>
    public void Uncharge(ulong bytes)
    {
        lock (_lock)
        {
            _memory -= bytes;
        }
    }

    /// <inheritdoc/>
    public void Release(ulong bytes)
    {
        lock (_lock)
        {
            _machines--;
            _memory -= bytes;
        }
    }

    private bool TryTake(ulong bytes)
    {
        if (bytes > _memoryLimit - _memory)
        {
            return false;
        }

        _memory += bytes;
        return true;
    }
}
