#if canImport(UIKit)
    import Chuda
    import ChudaModels
    import CoreLocation

    /// Where the phone is, when that is permitted: one fix, within a few seconds or not at all.
    @MainActor
    final class PlaceFinder: NSObject, CLLocationManagerDelegate {
        private let manager = CLLocationManager()
        private var asked: CheckedContinuation<Void, Never>?
        private var waiting: [CheckedContinuation<CLLocation?, Never>] = []
        private let patience = Duration.seconds(4)

        override init() {
            super.init()
            manager.delegate = self
            manager.desiredAccuracy = kCLLocationAccuracyNearestTenMeters
        }

        var access: Access {
            switch manager.authorizationStatus {
            case .authorizedWhenInUse, .authorizedAlways: .granted
            case .notDetermined: .askable
            default: .denied
            }
        }

        func ask() async {
            guard access == .askable, asked == nil else { return }
            await withCheckedContinuation { (answer: CheckedContinuation<Void, Never>) in
                asked = answer
                manager.requestWhenInUseAuthorization()
            }
        }

        func find() async -> Location? {
            guard access == .granted else { return nil }
            let found = await withCheckedContinuation { (answer: CheckedContinuation<CLLocation?, Never>) in
                waiting.append(answer)
                manager.requestLocation()
                Task {
                    try? await Task.sleep(for: patience)
                    give(manager.location)
                }
            }
            return found.map { place in
                Location(
                    latitude: place.coordinate.latitude, longitude: place.coordinate.longitude, accuracyM: place.horizontalAccuracy,
                    ageMs: Int64(max(0, -place.timestamp.timeIntervalSinceNow) * 1000),
                    mock: place.sourceInformation?.isSimulatedBySoftware ?? false)
            }
        }

        private func give(_ place: CLLocation?) {
            waiting.forEach { $0.resume(returning: place) }
            waiting = []
        }

        nonisolated func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
            MainActor.assumeIsolated {
                guard access != .askable else { return }
                asked?.resume()
                asked = nil
            }
        }

        nonisolated func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {
            MainActor.assumeIsolated { give(locations.last) }
        }

        nonisolated func locationManager(_ manager: CLLocationManager, didFailWithError error: Error) {
            MainActor.assumeIsolated { give(nil) }
        }
    }
#endif
