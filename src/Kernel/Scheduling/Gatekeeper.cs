// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Threading;

namespace Denali.Kernel.Scheduling;

/// <summary>Lets VMs in as long as there are slots and memory.</summary>
public sealed class Gatekeeper : IGatekeeper
{
    private readonly Lock _lock = new();
    private readonly int _slotLimit;
    private readonly ulong _memoryLimit;
    private int _slots;
    private ulong _memory;

    /// <summary>Makes a gatekeeper.</summary>
    /// <param name="slotLimit">Most VMs that hold a slot at a time.</param>
    /// <param name="memoryLimitBytes">Most memory that all VMs together may be charged for.</param>
    public Gatekeeper(int slotLimit, ulong memoryLimitBytes)
    {
        _slotLimit = slotLimit;
        _memoryLimit = memoryLimitBytes;
    }

    /// <inheritdoc/>
    public bool TryAdmit(ulong bytes, out string refusal)
    {
        lock (_lock)
        {
            if (_slots == _slotLimit)
            {
                refusal = string.Create(
                    CultureInfo.InvariantCulture,
                    $"all {_slotLimit} execution slots are taken: end other VMs first");
                return false;
            }

            if (!TryTake(bytes))
            {
                refusal = string.Create(
                    CultureInfo.InvariantCulture,
                    $"the VMs' memory is used up ({_memoryLimit >> 20} MiB): end other VMs first");
                return false;
            }

            _slots++;
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
    public void Release(ulong bytes)
    {
        lock (_lock)
        {
            _slots--;
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
