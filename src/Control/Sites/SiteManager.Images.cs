// SPDX-License-Identifier: MIT
using System;
using System.Linq;

namespace Denali.Control.Sites;

/// <summary>What is made of directories, and when it is made again.</summary>
public sealed partial class SiteManager
{
    /// <summary>Removes the images that no site needs, such as those of sites that were gone when an earlier process
    /// ended; in a folder that others use too, only earlier ones of directories that are served. To be called once all
    /// sites are there; after that it is done when a site goes.</summary>
    public void RemoveUnneededImages() =>
        _work.Post(() => Tidy(isAll: _options.OwnsCacheFolder));

    /// <summary>Has images removed that no site needs.</summary>
    /// <param name="isAll">Whether those of directories that no site has are looked for, too.</param>
    private void Tidy(bool isAll)
    {
        if (isAll && !_options.OwnsCacheFolder)
        {
            return;
        }

        // However many sites go at once, one look at the folder at a time. What is built for a site that comes after
        // the lists were made is built after the look.
        _isTidyDue = true;
        _isTidyOfAllDue |= isAll;
        if (_isTidying)
        {
            return;
        }

        bool isOfAll = _isTidyOfAllDue;
        (_isTidyDue, _isTidyOfAllDue, _isTidying) = (false, false, true);

        // What a VM is started from again, perhaps of an earlier directory or of an earlier state of it.
        string[] images =
            [.. _managed.Values.Select(site => site.ImagePath).OfType<string>(), .. _options.OtherImages];

        // What is being built is served next, even if the site is to be of another directory by then; and what cannot
        // be built now may be there again as it was.
        string[] directories =
        [
            .. _managed.Values
                .Where(site => site.IsBuilding || site.Built != site.Definition)
                .SelectMany(site => (SiteDefinition?[])[site.Definition, site.Building])
                .OfType<SiteDefinition>()
                .Where(definition => !definition.IsImage)
                .Select(definition => definition.Source),
        ];
        _images.Post(() =>
        {
            _cache.RemoveBut(images, directories, isOfAll);
            _work.Post(() =>
            {
                _isTidying = false;
                if (_isTidyDue)
                {
                    Tidy(isAll: _isTidyOfAllDue);
                }
            });
        });
    }

    private void Build(ManagedSite site)
    {
        if (site.IsBuilding)
        {
            site.IsBuildDue = true;
            return;
        }

        SiteDefinition definition = site.Definition;
        site.Building = definition;
        _images.Post(() =>
        {
            try
            {
                _stopping.Token.ThrowIfCancellationRequested();

                // First what is there, then the image: what changes meanwhile is seen as a change afterwards.
                UInt128 fingerprint = SiteSource.Fingerprint(definition);
                string path = SiteSource.Disk(definition, fingerprint, _cache, _stopping.Token);
                _work.Post(() => OnBuilt(site, definition, path, fingerprint));
            }
            catch (ControlException e)
            {
                _work.Post(() => OnBuildFailed(site, e.Message));
            }
            catch (OperationCanceledException)
            {
                // All sites are being ended.
            }
        });
    }

    private void OnBuilt(ManagedSite site, SiteDefinition definition, string path, UInt128 fingerprint)
    {
        bool isOther = site.ImagePath != path;
        site.Building = null;
        site.Built = definition;
        site.ImagePath = path;
        site.Site.SetSource(site.Definition, path);
        site.Fingerprint = fingerprint;
        site.SeenFingerprint = fingerprint;
        if (!BuildIfDue(site))
        {
            Start(site);
        }

        if (isOther)
        {
            Tidy(isAll: false);
        }
    }

    private void OnBuildFailed(ManagedSite site, string message)
    {
        site.Building = null;
        if (!BuildIfDue(site) && !site.IsEnding)
        {
            Fail(site, message, TimeSpan.Zero);
        }
    }

    private bool BuildIfDue(ManagedSite site)
    {
        bool isDue = site.IsBuildDue && !site.IsEnding;
        site.IsBuildDue = false;
        if (isDue)
        {
            Build(site);
        }

        return isDue;
    }

    /// <summary>Looks at the next directory in turn; called by the watch.</summary>
    private void LookAtNext(string last, Action<string, TimeSpan> onLooked) => _work.Post(() =>
    {
        ManagedSite? site = _managed.Values
            .Where(site => string.CompareOrdinal(site.Site.Name, last) > 0)
            .MinBy(site => site.Site.Name, StringComparer.Ordinal);
        if (site is null || site.IsBuilding || site.ImagePath is null)
        {
            onLooked(site?.Site.Name ?? string.Empty, TimeSpan.Zero);
            return;
        }

        SiteDefinition definition = site.Definition;
        _images.Post(() =>
        {
            long start = _options.Time.GetTimestamp();
            try
            {
                UInt128 fingerprint = SiteSource.Fingerprint(definition);
                _work.Post(() => OnLooked(site, fingerprint));
            }
            catch (ControlException)
            {
                // Perhaps it is being replaced. What was read from it is served as long as it cannot be read.
            }

            onLooked(site.Site.Name, _options.Time.GetElapsedTime(start));
        });
    });

    private void OnLooked(ManagedSite site, UInt128 fingerprint)
    {
        // Twice the same: whoever writes there has come to an end, or to a pause.
        bool isSettled = site.SeenFingerprint == fingerprint;
        site.SeenFingerprint = fingerprint;
        if (isSettled && fingerprint != site.Fingerprint && !site.IsBuilding && !site.IsEnding)
        {
            Build(site);
        }
    }
}
