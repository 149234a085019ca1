// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
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

    public ISiteMachine Start(string name, string imagePath, SiteGroup? group, ISiteMachineObserver observer)
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
                Group = group,
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

    /// <summary>One of them that cannot go on now, or 0.</summary>
    internal ulong Unreadable { get; set; }

    /// <summary>Those that were given up.</summary>
    internal List<ulong> Forgotten { get; } = [];

    public ISiteMachine? TryResume(
        ulong machineId, string imagePath, SiteGroup? group, ISiteMachineObserver observer)
    {
        lock (_gate)
        {
            if (machineId == Unreadable)
            {
                throw new ControlException("the disk does not answer");
            }

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

    public Task<ISiteTemplate> CaptureAsync(ulong machineId, string imagePath) =>
        Task.FromResult<ISiteTemplate>(new Template(this, machineId, imagePath));

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

    /// <summary>The VM that a clone was made of is told by the number above a million.</summary>
    private sealed class Template(FakeMachineHost host, ulong of, string imagePath) : ISiteTemplate
    {
        public string ImagePath => imagePath;

        public ISiteMachine Start(ISiteMachineObserver observer)
        {
            lock (host._gate)
            {
                var machine = new FakeMachine { Id = 1_000_000 + of, ImagePath = imagePath, Observer = observer };
                host._machines.Add(machine);
                Monitor.PulseAll(host._gate);
                return machine;
            }
        }

        public void Dispose()
        {
        }
    }
}
