// SPDX-License-Identifier: MIT
using System.Threading;
using Denali.Kernel.Machines;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>Lets everything in up to a limit, and knows what is taken.</summary>
internal sealed class CountingGatekeeper : IGatekeeper
{
    private static readonly MachineTable s_noMachines = new();

    private readonly Lock _lock = new();

    internal ulong MemoryLimit { get; init; } = ulong.MaxValue;

    internal int Machines { get; private set; }

    internal ulong Bytes { get; private set; }

    /// <summary>How often there was not as much memory as somebody wanted.</summary>
    internal int Refusals { get; private set; }

    /// <summary>An account of VMs without a group, with as much memory as they like.</summary>
    internal static MemoryAccount MakeAccount() => new(s_noMachines, new CountingGatekeeper());

    public bool TryAdmit(ulong bytes, out string refusal)
    {
        lock (_lock)
        {
            refusal = "full";
            if (!TryCharge(bytes))
            {
                return false;
            }

            Machines++;
            return true;
        }
    }

    public bool TryCharge(ulong bytes)
    {
        lock (_lock)
        {
            if (bytes > MemoryLimit - Bytes)
            {
                Refusals++;
                return false;
            }

            Bytes += bytes;
            return true;
        }
    }

    public void Uncharge(ulong bytes)
    {
        lock (_lock)
        {
            Bytes -= bytes;
        }
    }

    public void Release(ulong bytes)
    {
        lock (_lock)
        {
            Machines--;
            Bytes -= bytes;
        }
    }
}
