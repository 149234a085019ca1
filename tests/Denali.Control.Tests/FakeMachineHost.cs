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
                Id = (ulong)_machines.Count + 1,
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
            return id >= 1 && id <= (ulong)_machines.Count ? _machines[(int)id - 1] : null;
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
