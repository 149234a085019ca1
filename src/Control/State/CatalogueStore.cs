// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Control.Sites;

namespace Denali.Control.State;

/// <summary>Writes a manager's sites into a catalogue, and remembers which VMs it named when it was opened.</summary>
public sealed class CatalogueStore : ISiteStore
{
    private readonly Catalogue _catalogue;
    private readonly string[] _unlisted;
    private readonly Dictionary<string, (ulong Machine, UInt128 Fingerprint)> _saved;

    /// <summary>Reads a catalogue.</summary>
    /// <param name="catalogue">The catalogue; outlives this.</param>
    /// <param name="listed">Names of the sites that somebody lists now. Others that are not kept are of no
    /// use.</param>
    /// <exception cref="ControlException">It cannot be read.</exception>
    public CatalogueStore(Catalogue catalogue, IReadOnlyCollection<string> listed)
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        _catalogue = catalogue;
        IReadOnlyList<CatalogueRow> rows = catalogue.Read();
        HashSet<string> names = [.. listed];
        _unlisted =
        [
            .. rows.Where(row => !row.IsKept && !names.Contains(row.Definition.Name))
                .Select(row => row.Definition.Name),
        ];
        Kept = [.. rows.Where(row => row.IsKept).Select(row => row.Definition)];
        _saved = rows
            .Where(row => row.Machine != 0 && (row.IsKept || names.Contains(row.Definition.Name)))
            .ToDictionary(row => row.Definition.Name, row => (row.Machine, row.Fingerprint));
    }

    /// <summary>The sites that are to be there until somebody destroys them.</summary>
    public IReadOnlyList<SiteDefinition> Kept { get; }

    /// <summary>The VMs that served sites when the earlier kernel ended.</summary>
    public IEnumerable<ulong> Machines => _saved.Values.Select(saved => saved.Machine);

    /// <summary>Strikes out sites that nobody lists any more, and VMs that are not there any more: their numbers may be
    /// given to others.</summary>
    /// <param name="isThere">Tells whether a VM is.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    public void ForgetLost(Predicate<ulong> isThere)
    {
        ArgumentNullException.ThrowIfNull(isThere);
        Array.ForEach(_unlisted, _catalogue.Remove);
        string[] lost = [.. _saved.Where(pair => !isThere(pair.Value.Machine)).Select(pair => pair.Key)];
        _catalogue.ClearMachines(lost);
        foreach (string name in lost)
        {
            _ = _saved.Remove(name);
        }
    }

    /// <inheritdoc/>
    public void Set(SiteDefinition definition, bool isKept) => _catalogue.Set(definition, isKept);

    /// <inheritdoc/>
    public void Remove(string name) => _catalogue.Remove(name);

    /// <inheritdoc/>
    public void SetMachine(string name, ulong machine, UInt128 fingerprint) =>
        _catalogue.SetMachine(name, machine, fingerprint);

    /// <inheritdoc/>
    public (ulong Machine, UInt128 Fingerprint)? FindMachine(string name) =>
        _saved.TryGetValue(name, out (ulong Machine, UInt128 Fingerprint) saved) ? saved : null;

    /// <inheritdoc/>
    public (ulong Machine, UInt128 Fingerprint)? TakeMachine(string name) =>
        _saved.Remove(name, out (ulong Machine, UInt128 Fingerprint) saved) ? saved : null;
}
