// A stand-in: what the app uses of CoreLocation, declared only.
@_exported import Foundation

public enum CLAuthorizationStatus { case notDetermined, restricted, denied, authorizedAlways, authorizedWhenInUse }

public struct CLLocationCoordinate2D {
    public var latitude: Double
    public var longitude: Double
}

public class CLLocationSourceInformation {
    public var isSimulatedBySoftware: Bool { false }
}

public class CLLocation: @unchecked Sendable {
    public var coordinate: CLLocationCoordinate2D { fatalError() }
    public var horizontalAccuracy: Double { 0 }
    public var timestamp: Date { .now }
    public var sourceInformation: CLLocationSourceInformation? { nil }
}

public protocol CLLocationManagerDelegate: AnyObject {
    func locationManagerDidChangeAuthorization(_ manager: CLLocationManager)
    func locationManager(_ manager: CLLocationManager, didUpdateLocations: [CLLocation])
    func locationManager(_ manager: CLLocationManager, didFailWithError: Error)
}

public let kCLLocationAccuracyNearestTenMeters = 10.0

public class CLLocationManager {
    public init() {}
    public weak var delegate: CLLocationManagerDelegate?
    public var desiredAccuracy = 0.0
    public var authorizationStatus: CLAuthorizationStatus { .denied }
    public var location: CLLocation? { nil }
    public func requestWhenInUseAuthorization() {}
    public func requestLocation() {}
}
