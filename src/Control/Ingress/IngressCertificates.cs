// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Denali.Control.Sites;

namespace Denali.Control.Ingress;

/// <summary>
/// Which certificate a visitor is shown: the one that was given, or a self-signed one of the site that he names
/// (RFC 6066, 3), made when it is first asked for, so that sites that come later have theirs too.
/// </summary>
/// <remarks>Any thread.</remarks>
public sealed class IngressCertificates : IDisposable
{
    // For those who name no site that is here: by address, say.
    private const string NoSite = "localhost";

    // One that ends sooner is replaced.
    private static readonly TimeSpan s_renewal = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<string, SslStreamCertificateContext> _own = new(StringComparer.Ordinal);
    private readonly SslStreamCertificateContext? _given;
    private readonly ISiteDirectory? _sites;
    private readonly TimeProvider _time;

    private IngressCertificates(SslStreamCertificateContext? given, ISiteDirectory? sites, TimeProvider time)
    {
        _given = given;
        _sites = sites;
        _time = time;
    }

    /// <summary>One certificate for all.</summary>
    /// <param name="certificate">It, with its key; whoever gives it disposes of it.</param>
    /// <returns>What shows it.</returns>
    public static IngressCertificates Of(X509Certificate2 certificate) =>
        new(Prepare(certificate), null, TimeProvider.System);

    /// <summary>A self-signed certificate for each site.</summary>
    /// <param name="sites">The sites.</param>
    /// <param name="time">The clock.</param>
    /// <returns>What makes and shows them.</returns>
    public static IngressCertificates SelfSigned(ISiteDirectory sites, TimeProvider time) => new(null, sites, time);

    /// <summary>Finds the certificate for a visitor.</summary>
    /// <param name="host">The host that he names, or null.</param>
    /// <returns>The certificate; the same object as long as it can be, so that sessions can be resumed.</returns>
    internal SslStreamCertificateContext Find(string? host)
    {
        if (_given is not null)
        {
            return _given;
        }

        string name = host is not null && _sites!.Find(host) is { } site ? SiteName.HostOf(site.Name) : NoSite;
        if (_own.TryGetValue(name, out SslStreamCertificateContext? known)
            && known.TargetCertificate.NotAfter.ToUniversalTime() - _time.GetUtcNow().UtcDateTime > s_renewal)
        {
            return known;
        }

        Forget();
        SslStreamCertificateContext made = Prepare(IngressCertificate.CreateSelfSigned([name], _time));
        return _own.AddOrUpdate(name, made, (_, other) => other == known ? made : other);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SslStreamCertificateContext own in _own.Values)
        {
            own.TargetCertificate.Dispose();
        }
    }

    // There is nobody above a self-signed one to be asked about.
    private static SslStreamCertificateContext Prepare(X509Certificate2 certificate) =>
        SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);

    /// <summary>Drops those of sites that are gone, so that there are never many more than sites.</summary>
    private void Forget()
    {
        foreach (string name in _own.Keys.Where(name => name != NoSite && _sites!.Find(name) is null))
        {
            _ = _own.TryRemove(name, out _);
        }
    }
}
