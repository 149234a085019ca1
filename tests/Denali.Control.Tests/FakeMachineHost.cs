// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Denali.Control.Sites;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Makes VMs that a test plays.</summary>
internal sealed class FakeMachineHost : ISiteMachineHost
{
    private readonly object _gate = new();
    private readonly List<FakeMachine> _machines = [];

    /// <summary>Whether VMs serve as soon as they are started.</summary>
    internal bool IsQuick { get; set; }

    /// <summary>The number of the first VM.</summary>
    internal ulong FirstId { get; init; } = 1;

    /// <summary>Why the next start fails, or null.</summary>
    internal string? Refusal { get; set; }

    public ISiteMachine Start(string name, string imagePath, ISiteMachineObserver observer)
    {
        lock (_gate)
        {
            if (Refusal is { } reason)
            {
                throw new ControlException(reason);
            }

            Assert.True(File.Exists(imagePath), imagePath);
            var machine = new FakeMachine
            {
                Id = FirstId + (ulong)_machines.Count,
                ImagePath = imagePath,
                Observer = observer,
            };
            _machines.Add(machine);
            Monitor.PulseAll(_gate);
            if (IsQuick)
            {
                observer.OnReady();
            }

            return machine;
        }
    }

    /// <summary>The VMs of an earlier kernel that are there whole.</summary>
    internal HashSet<ulong> Saved { get; } = [];

    /// <summary>Those that were given up.</summary>
    internal List<ulong> Forgotten { get; } = [];

    public ISiteMachine? TryResume(ulong machineId, string imagePath, ISiteMachineObserver observer)
    {
        lock (_gate)
        {
            if (!Saved.Remove(machineId))
            {
                return null;
            }

            var machine = new FakeMachine { Id = machineId, ImagePath = imagePath, Observer = observer };
            _machines.Add(machine);
            Monitor.PulseAll(_gate);
            return machine;
        }
    }

    public void Forget(ulong machineId)
    {
        lock (_gate)
        {
            _ = Saved.Remove(machineId);
            Forgotten.Add(machineId);
        }
    }

    /// <summary>Waits for a VM by its place in the order of their starts.</summary>
    internal FakeMachine WaitFor(int index)
    {
        lock (_gate)
        {
            while (_machines.Count <= index)
            {
                Assert.True(Monitor.Wait(_gate, Events.Patience), $"VM {index} was not started");
            }

            return _machines[index];
        }
    }

    /// <summary>Finds a VM by its number.</summary>
    internal FakeMachine? Find(ulong id)
    {
        lock (_gate)
        {
            return _machines.Find(machine => machine.Id == id);
        }
    }

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _machines.Count;
            }
        }
    }
}
