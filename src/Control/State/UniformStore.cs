// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Control.Sites;

namespace Denali.Control.State;

/// <summary>Writes into a catalogue which of the sites that are alike has which VM, and remembers what it said of them
/// when it was opened.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class UniformStore : IUniformStore
{
    private readonly Catalogue _catalogue;
    private ulong[] _machines;

    /// <summary>Reads a catalogue.</summary>
    /// <param name="catalogue">The catalogue; outlives this.</param>
    /// <exception cref="ControlException">It cannot be read.</exception>
    public UniformStore(Catalogue catalogue)
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        _catalogue = catalogue;
        Definition = catalogue.ReadUniform();
        _machines = Definition is null ? [] : catalogue.ReadUniformMachines(Definition.Count);
    }

    /// <summary>What the sites are made of, or null if there are none.</summary>
    public UniformDefinition? Definition { get; private set; }

    /// <summary>The VMs that they had when the earlier kernel ended.</summary>
    public IEnumerable<ulong> Machines => _machines.Where(IsMachine);

    /// <summary>Strikes out VMs that are not there any more: their numbers may be given to others.</summary>
    /// <param name="isThere">Tells whether a VM is.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    public void ForgetLost(Predicate<ulong> isThere)
    {
        ArgumentNullException.ThrowIfNull(isThere);
        bool isOther = false;
        foreach (ref ulong machine in _machines.AsSpan())
        {
            if (IsMachine(machine) && !isThere(machine))
            {
                machine = 0;
                isOther = true;
            }
        }

        if (isOther)
        {
            _catalogue.SetUniform(Definition, _machines);
        }
    }

    /// <summary>Says what the sites are to be made of. Those that are there already keep their VMs, unless they are to
    /// serve something else; those that were destroyed stay so.</summary>
    /// <param name="definition">It; null for no sites.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    public void Set(UniformDefinition? definition)
    {
        if (definition == Definition)
        {
            return;
        }

        ulong[] machines = new ulong[definition?.Count ?? 0];
        int common = Math.Min(machines.Length, _machines.Length);
        bool isSame = definition is not null && Definition is not null
            && definition with { Count = Definition.Count } == Definition;
        for (int i = 0; i < common; i++)
        {
            machines[i] = isSame || !IsMachine(_machines[i]) ? _machines[i] : 0;
        }

        _catalogue.SetUniform(definition, machines);
        Definition = definition;
        _machines = machines;
    }

    /// <inheritdoc/>
    public ulong[] TakeMachines()
    {
        ulong[] machines = _machines;
        _machines = [];
        return machines;
    }

    /// <inheritdoc/>
    public void Write(int first, ReadOnlySpan<ulong> machines) => _catalogue.SetUniformMachines(first, machines);

    private static bool IsMachine(ulong machine) => machine is not (0 or IUniformStore.Gone);
}
