// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Denali.Control.Sites;

/// <summary>Reads a sites file again and again, and has done what has changed in it.</summary>
/// <remarks>Any thread.</remarks>
public sealed class SitesFileWatch : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private readonly string _path;
    private readonly Func<string, string?> _takenBy;
    private readonly SiteManager _manager;
    private readonly Action<string> _warn;
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private IReadOnlyList<SiteDefinition> _current;
    private string _text;
    private string _warning = string.Empty;
    private bool _isDisposed;

    /// <summary>Starts to watch.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What it was when it was read.</param>
    /// <param name="current">The sites that are in that.</param>
    /// <param name="takenBy">Tells who has a name that the file may not use, or null.</param>
    /// <param name="manager">Whom to tell.</param>
    /// <param name="warn">Is told of an error, once.</param>
    public SitesFileWatch(
        string path,
        string text,
        IReadOnlyList<SiteDefinition> current,
        Func<string, string?> takenBy,
        SiteManager manager,
        Action<string> warn)
    {
        _path = path;
        _text = text;
        _current = current;
        _takenBy = takenBy;
        _manager = manager;
        _warn = warn;
        _timer = new Timer(_ => Look(), null, s_interval, s_interval);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
        }
    }

    /// <summary>Reads and checks a sites file.</summary>
    /// <param name="text">What is in it.</param>
    /// <param name="path">The file.</param>
    /// <param name="takenBy">Tells who has a name that the file may not use, or null.</param>
    /// <returns>The file's sites.</returns>
    /// <exception cref="ControlException">Something is wrong with it.</exception>
    public static IReadOnlyList<SiteDefinition> Parse(string text, string path, Func<string, string?> takenBy)
    {
        ArgumentNullException.ThrowIfNull(takenBy);
        IReadOnlyList<SiteDefinition> sites = SitesFile.Parse(text, path);
        foreach (SiteDefinition site in sites)
        {
            if (takenBy(site.Name) is { } owner)
            {
                throw new ControlException($"{path}: the name '{site.Name}' is taken by {owner}: choose another");
            }
        }

        return sites;
    }

    private void Look()
    {
        // A look that takes long is not overtaken by the next.
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            string text = SitesFile.Read(_path);
            if (_isDisposed || (text == _text && _warning.Length == 0))
            {
                return;
            }

            Apply(Parse(text, _path, _takenBy));
            _text = text;
            _warning = string.Empty;
        }
        catch (ControlException e)
        {
            if (e.Message != _warning)
            {
                _warning = e.Message;
                _warn($"{e.Message}; what was running runs on");
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void Apply(IReadOnlyList<SiteDefinition> sites)
    {
        foreach (SiteDefinition gone in _current.Where(old => sites.All(site => site.Name != old.Name)))
        {
            _manager.Remove(gone.Name);
        }

        foreach (SiteDefinition changed in sites.Except(_current))
        {
            _manager.Set(changed);
        }

        _current = sites;
    }
}
