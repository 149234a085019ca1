// SPDX-License-Identifier: MIT
using System;
using System.Numerics;
using Denali.Hardware;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Network;

/// <summary>
/// Which of a worker's VMs have something to send that had to wait: those that wait for their turn (deficit round
/// robin, Shreedhar and Varghese, SIGCOMM 1995), for their rate, or for another worker.
/// </summary>
/// <remarks>
/// Those that wait for their rate are in a wheel of <see cref="WheelSlots"/> slots of <see cref="SlotNs"/> each; one
/// that waits longer than the wheel is round is looked at once per round.
/// </remarks>
internal sealed class TransmitScheduler
{
    /// <summary>Width of a slot of the wheel: a limited VM sends in bursts of this length.</summary>
    internal const ulong SlotNs = 1UL << SlotShift;

    private const int SlotShift = 20;
    private const int WheelSlots = 64;

    private readonly PortTable _table;
    private readonly PortList[] _wheel = new PortList[WheelSlots];
    private PortList _backlog = new();
    private PortList _blocked = new();
    private ulong _occupied;
    private ulong _slot;

    internal TransmitScheduler(PortTable table)
    {
        _table = table;
        Array.Fill(_wheel, new PortList());
    }

    /// <summary>Whether a VM waits for its turn.</summary>
    internal bool HasBacklog => !_backlog.IsEmpty;

    /// <summary>Whether a VM waits for its turn, and no other does.</summary>
    internal bool IsOnlyBacklog(int index) => _backlog.First == index && _table[index].Next == MachineRecord.None;

    /// <summary>When the next VM may go on that waits for its rate.</summary>
    internal ulong NextNs
    {
        get
        {
            if (_occupied == 0)
            {
                return InstructionPage.Never;
            }

            ulong rotated = BitOperations.RotateRight(_occupied, (int)(_slot % WheelSlots));
            return (_slot + (ulong)BitOperations.TrailingZeroCount(rotated) + 1) << SlotShift;
        }
    }

    /// <summary>A quiet VM is to wait for its turn.</summary>
    internal void AddBacklog(int index)
    {
        _table[index].Transmit = TransmitState.Backlog;
        _backlog.AddLast(_table, index);
    }

    /// <summary>A quiet VM is to wait until a time.</summary>
    internal void Throttle(int index, ulong untilNs, ulong nowNs)
    {
        Advance(nowNs);
        ulong slot = Math.Clamp(untilNs >> SlotShift, _slot, _slot + WheelSlots - 1);
        int at = (int)(slot % WheelSlots);
        ref PortRecord port = ref _table[index];
        port.Transmit = TransmitState.Throttled;
        port.ThrottleSlot = at;
        _wheel[at].AddLast(_table, index);
        _occupied |= 1UL << at;
    }

    /// <summary>A quiet VM is to wait for another worker.</summary>
    internal void Block(int index)
    {
        _table[index].Transmit = TransmitState.Blocked;
        _blocked.AddLast(_table, index);
    }

    /// <summary>Another worker has room again: those that wait for one take their turns.</summary>
    internal void Unblock()
    {
        while (!_blocked.IsEmpty)
        {
            int index = _blocked.First;
            _blocked.Remove(_table, index);
            AddBacklog(index);
        }
    }

    /// <summary>Lets those take their turns whose time has come.</summary>
    internal void Advance(ulong nowNs)
    {
        ulong target = nowNs >> SlotShift;
        while (_occupied != 0 && _slot < target)
        {
            int at = (int)(_slot % WheelSlots);
            while (!_wheel[at].IsEmpty)
            {
                int index = _wheel[at].First;
                _wheel[at].Remove(_table, index);
                AddBacklog(index);
            }

            _occupied &= ~(1UL << at);
            _slot++;
        }

        _slot = Math.Max(_slot, target);
    }

    /// <summary>Takes the VM whose turn it is. It is quiet then.</summary>
    internal bool TryTake(out int index)
    {
        index = _backlog.First;
        if (_backlog.IsEmpty)
        {
            return false;
        }

        _backlog.Remove(_table, index);
        _table[index].Transmit = TransmitState.Quiet;
        return true;
    }

    /// <summary>Forgets what a VM waits for. It is quiet then.</summary>
    internal void Remove(int index)
    {
        ref PortRecord port = ref _table[index];
        switch (port.Transmit)
        {
            case TransmitState.Backlog:
                _backlog.Remove(_table, index);
                break;

            case TransmitState.Blocked:
                _blocked.Remove(_table, index);
                break;

            case TransmitState.Throttled:
                _wheel[port.ThrottleSlot].Remove(_table, index);
                if (_wheel[port.ThrottleSlot].IsEmpty)
                {
                    _occupied &= ~(1UL << port.ThrottleSlot);
                }

                break;
        }

        port.Transmit = TransmitState.Quiet;
    }
}
